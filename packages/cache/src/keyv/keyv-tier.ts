import { checkClock, checkKnown, checkMethods, checkText } from '../check-option.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CacheError } from '../errors.ts';
import { decodeText, encodeText } from '../tiers/text-envelope.ts';
import type { Tier, TierEntry, TierListener } from '../tiers/tier.ts';

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
}

/** Options of {@link keyvTier}. */
export interface KeyvTierOptions {
  /**
   * What events and statistics call the tier.
   * @defaultValue 'keyv'
   */
  readonly name?: string | undefined;
  /**
   * Where time comes from.
   * @defaultValue systemClock
   */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a tier of a Keyv instance, which stays the caller's: `close()` does not disconnect it. Entries are kept as text, so
 * that what comes back is what went in, whatever the store does to objects.
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
  checkKnown(options, ['name', 'clock'], 'keyvTier');
  const { name = 'keyv', clock = systemClock } = options;
  checkClock(clock);
  checkMethods('keyv', keyv, ['get', 'set', 'delete', 'clear']);
  return new KeyvTier<V>(keyv, checkText('name', name), clock);
}

class KeyvTier<V> implements Tier<V> {
  readonly name: string;
  readonly #keyv: KeyvLike;
  readonly #clock: Clock;
  readonly #listeners = new Set<TierListener>();

  constructor(keyv: KeyvLike, name: string, clock: Clock) {
    this.name = name;
    this.#keyv = keyv;
    this.#clock = clock;
  }

  async get(key: string): Promise<TierEntry<V> | undefined> {
    const text = await this.#keyv.get(key);
    if (text === undefined || text === null) return undefined;
    const entry = decodeText<V>(text, key);
    if (!('fault' in entry)) return entry.expiresAt > this.#clock.now() ? entry : undefined;
    await this.#keyv.delete(key);
    for (const listener of this.#listeners) listener.entryCorrupt?.(key, entry.fault, key);
    return undefined;
  }

  async set(key: string, entry: TierEntry<V>): Promise<void> {
    const life = entry.expiresAt - this.#clock.now();
    if (life <= 0) {
      await this.#keyv.delete(key);
      return;
    }
    const text = encodeText(key, entry);
    const kept = await (life === Infinity ? this.#keyv.set(key, text) : this.#keyv.set(key, text, Math.ceil(life)));
    // Keyv reports what its store throws as `false`.
    if (!kept)
      throw new CacheError('ERR_CACHE_TIER', 'Expected the Keyv store to keep the entry, got `false`', { key });
  }

  delete(key: string): Promise<boolean> {
    return this.#keyv.delete(key);
  }

  clear(): Promise<void> {
    return this.#keyv.clear();
  }

  close(): void {
    this.#listeners.clear();
  }

  listen(listener: TierListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
