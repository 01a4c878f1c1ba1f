import { checkClock, checkKnown, checkMethods, checkText } from '../check-option.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CacheError } from '../errors.ts';
import { ignore } from '../maybe-promise.ts';
import { checkSerializer, packValue, type Serializer } from '../serializer.ts';
import { decodeText, encodeText } from '../tiers/text-envelope.ts';
import type { Tier, TierEntry, TierListener } from '../tiers/tier.ts';
import { wellFormed } from '../well-formed.ts';
import { KeyvErrors } from './keyv-errors.ts';

/** What is needed of a Keyv instance; version 5 and later have it. */
export interface KeyvLike {
  /** The value of a key. */
  get(key: string): Promise<unknown>;
  /** Sets the value of a key for `ttl` ms. */
  set(key: string, value: string, ttl?: number): Promise<boolean>;
  /** Removes a key. */
  delete(key: string): Promise<boolean>;
  /** Removes all keys of the namespace. */
  clear(): Promise<void>;
  /** The value of a key as it is kept. In Keyv 5 it alone rejects with what the store throws; `get` says nothing of it. */
  getRaw?(key: string): Promise<unknown>;
  /** Listens to an event. */
  on?(event: 'error', listener: (error: unknown) => void): unknown;
  /** Stops listening. */
  off?(event: 'error', listener: (error: unknown) => void): unknown;
}

/** Options of {@link keyvTier}. */
export interface KeyvTierOptions {
  /**
   * What events and statistics call the tier.
   * @defaultValue 'keyv'
   */
  readonly name?: string | undefined;
  /**
   * What makes texts of values: `v8Serializer`, `compressed()`, or one of your own.
   * @defaultValue JSON; a value that it cannot carry is refused
   */
  readonly serializer?: Serializer | undefined;
  /**
   * Where time comes from.
   * @defaultValue systemClock
   */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a tier of a Keyv instance, which stays the caller's: `close()` does not disconnect it. Entries are kept as text, so
 * that what comes back is what went in, whatever the store does to objects. What the store throws and Keyv keeps to itself is
 * an error all the same: a removal that did not happen is owed until it did. An error that comes while several calls are under
 * way counts for each that has brought nothing.
 *
 * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range.
 *
 * @example
 * ```ts
 * import { TieredCache } from '@orc/cache';
 * import { keyvTier } from '@orc/cache/keyv';
 * import { Keyv } from 'keyv';
 *
 * const cache = new TieredCache({ tiers: [keyvTier(new Keyv())] });
 * ```
 */
export function keyvTier<V = unknown>(keyv: KeyvLike, options: KeyvTierOptions = {}): Tier<V> {
  checkKnown(options, ['name', 'serializer', 'clock'], 'keyvTier');
  const { name = 'keyv', serializer, clock = systemClock } = options;
  checkSerializer(serializer);
  checkClock(clock);
  checkMethods('keyv', keyv, ['get', 'set', 'delete', 'clear']);
  return new KeyvTier<V>(keyv, checkText('name', name), clock, serializer);
}

class KeyvTier<V> implements Tier<V> {
  readonly name: string;
  readonly #keyv: KeyvLike;
  readonly #clock: Clock;
  readonly #serializer: Serializer | undefined;
  readonly #errors: KeyvErrors;
  readonly #listeners = new Set<TierListener>();

  constructor(keyv: KeyvLike, name: string, clock: Clock, serializer: Serializer | undefined) {
    this.#serializer = serializer;
    this.name = name;
    this.#keyv = keyv;
    this.#clock = clock;
    this.#errors = new KeyvErrors(keyv);
  }

  async get(key: string): Promise<TierEntry<V> | undefined> {
    const text = await this.#errors.during(
      () => this.#read(storeKey(key)),
      (found) => found !== undefined && found !== null,
    );
    if (text === undefined || text === null) return undefined;
    const entry = decodeText<V>(text, key, this.#serializer);
    if (!('fault' in entry)) return entry.expiresAt > this.#clock.now() ? entry : undefined;
    // Where it cannot be removed it is met again, and told again.
    await this.delete(key).catch(ignore);
    for (const listener of this.#listeners) listener.entryCorrupt?.(key, entry.fault, key);
    return undefined;
  }

  async set(key: string, entry: TierEntry<V>): Promise<void> {
    const life = entry.expiresAt - this.#clock.now();
    if (life <= 0) {
      await this.delete(key);
      return;
    }
    const text = encodeText(key, entry, this.#serializer);
    const write = (): Promise<boolean> =>
      life === Infinity ? this.#keyv.set(storeKey(key), text) : this.#keyv.set(storeKey(key), text, Math.ceil(life));
    const kept = await this.#errors.during(write, (done) => done);
    if (kept) return;
    throw new CacheError('ERR_CACHE_TIER', 'Expected the Keyv store to keep the entry, got `false`', { key });
  }

  check(key: string, value: V): void {
    packValue(value, key, this.#serializer);
  }

  delete(key: string): Promise<boolean> {
    return this.#errors.during(
      () => this.#keyv.delete(storeKey(key)),
      (was) => was,
    );
  }

  clear(): Promise<void> {
    return this.#errors.during(
      () => this.#keyv.clear(),
      () => false,
    );
  }

  close(): void {
    this.#listeners.clear();
  }

  listen(listener: TierListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #read(key: string): Promise<unknown> {
    if (this.#keyv.getRaw === undefined) return this.#keyv.get(key);
    const raw = await this.#keyv.getRaw(key);
    return typeof raw === 'object' && raw !== null && 'value' in raw ? raw.value : raw;
  }
}

/** Keyv 6 has no empty key, and stores make UTF-8 of keys. */
function storeKey(key: string): string {
  return key === '' ? '\u0000empty' : wellFormed(key);
}
