import { setImmediate as turn } from 'node:timers/promises';

import { checkDuration, checkFunction, checkKey, checkKnown, checkTags } from '../check-option.ts';
import { CacheError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { callBack, ignore, isPromise } from '../maybe-promise.ts';
import { checkCompute, type ComputeContext } from '../memory/options.ts';
import type { TtlLruCache } from '../memory/ttl-lru-cache.ts';
import { abortable } from './abortable.ts';
import type { CacheEvent } from './events.ts';
import { HeldMemory } from './held-memory.ts';
import { ReadThrough } from './read-through.ts';
import { type ComputationHost, computeThroughTiers } from './tier-computation.ts';
import type { CacheEntry, PrefetchResult, TieredStats, TierStats } from './tiered-results.ts';
import { tagOf } from './tag-marker.ts';
import type { Tier, TierCallOptions, TierInvalidation } from './tier.ts';
import { type Held, TierStack } from './tier-stack.ts';
import {
  type ResolvedTieredOptions,
  resolveTieredOptions,
  type TieredCacheOptions,
  type TieredComputeOptions,
  type TieredSetOptions,
  type ValueSource,
} from './tiered-options.ts';

const setOptionNames = ['ttl', 'tags', 'meta', 'staleWhileRevalidate', 'staleIfError'] as const;
const computeOptionNames = [...setOptionNames, 'signal', 'shouldCache', 'onSource'] as const;

/**
 * A cache of several tiers: memory, then what is handed in, the nearest first. A value that is found further away moves
 * into the nearer ones for the rest of its life. A tier that fails is a miss and an event, never an error and never a hang.
 *
 * @example
 * ```ts
 * import { TieredCache } from '@orc/cache';
 * import { fileTier } from '@orc/cache/file';
 *
 * await using cache = new TieredCache<string>({ tiers: [fileTier({ dir: './.cache' })] });
 * const page = await cache.getOrCompute('page', async ({ signal }) => {
 *   const response = await fetch('https://example.org', { signal });
 *   return response.text();
 * });
 * ```
 */
export class TieredCache<V = unknown> implements AsyncDisposable {
  readonly #options: ResolvedTieredOptions;
  readonly #held: HeldMemory<V>;
  readonly #memory: TtlLruCache<string, Held<V>>;
  readonly #stack: TierStack<V>;
  readonly #reads: ReadThrough<V>;
  readonly #computing: ComputationHost<V>;
  readonly #stopListening: readonly (() => void)[];
  #closing: Promise<void> | undefined;
  #hits = 0;
  #misses = 0;

  /**
   * Makes a cache over tiers that are open already.
   * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range.
   */
  constructor(options: TieredCacheOptions<V> = {}) {
    this.#options = resolveTieredOptions(options);
    const { clock, tierTimeout: timeout, breaker, tiers, lock } = this.#options;
    const emit = (event: CacheEvent): void => this.#emit(event);
    this.#held = new HeldMemory<V>(this.#options, (error, key) => emit({ type: 'refresh-error', key, error }));
    this.#memory = this.#held.cache;
    this.#stack = new TierStack<V>(tiers as readonly Tier<V>[], { clock, timeout, breaker, emit });
    this.#reads = new ReadThrough<V>(clock, this.#held, this.#stack);
    this.#stopListening = this.#stack.listen(emit, (place, what) => this.#invalidated(place, what));
    this.#computing = {
      clock,
      memory: this.#held,
      stack: this.#stack,
      lock,
      hold: (key, value, options) => {
        try {
          // Called as methods: options may be an object with a life of its own.
          const ttl = typeof options.ttl === 'function' ? options.ttl(value) : options.ttl;
          const tags = typeof options.tags === 'function' ? options.tags(value) : options.tags;
          const meta = typeof options.meta === 'function' ? options.meta(value) : options.meta;
          return this.#hold(value, ttl, tags, meta);
        } catch (error) {
          emit({ type: 'keep-error', key, error });
          const now = clock.now();
          return { value, storedAt: now, expiresAt: now, origin: -1 };
        }
      },
      notKept: (key, error) => emit({ type: 'keep-error', key, error }),
      handedOut: (source, options) => {
        this.#count(typeof source === 'object');
        if (options.onSource !== undefined) this.#tellSource(source, options);
      },
    };
  }

  /** The value of a key: at once if it is in memory, else from the nearest tier that has it. */
  get(key: string, options?: TierCallOptions): V | undefined | Promise<V | undefined> {
    const held = this.#memory.lookUp(key);
    if (held !== undefined) {
      this.#hits++;
      return held.value;
    }
    const found = this.#find(key, options?.signal);
    return isPromise(found) ? found.then((late) => late?.value) : found?.value;
  }

  /** The value of a key with what is known about it: at once if it is in memory. */
  getEntry(key: string, options?: TierCallOptions): CacheEntry<V> | undefined | Promise<CacheEntry<V> | undefined> {
    const held = this.#memory.lookUp(key);
    if (held !== undefined) {
      this.#hits++;
      return this.#entryOf(held, 'memory');
    }
    const found = this.#find(key, options?.signal);
    if (isPromise(found)) return found.then((late) => late && this.#entryOf(late, this.#nameOf(late)));
    return found && this.#entryOf(found, this.#nameOf(found));
  }

  /**
   * Sets the value of a key in memory at once, then in each slower tier. What it returns ends when the slower tiers have
   * it, and never rejects: a tier that fails is an event.
   * @throws `CacheError` with `ERR_CACHE_OPTION` for an option out of range, `ERR_CACHE_SERIALIZE` for a value that a tier cannot
   * keep, `ERR_CACHE_CLOSED` after `close()`; then nothing is set.
   */
  set(key: string, value: V, options: TieredSetOptions = {}): void | Promise<void> {
    this.#checkOpen();
    checkKey(key);
    checkKnown(options, setOptionNames, 'set');
    // Else nobody would know who does not listen to events, and it would be computed anew for ever.
    this.#stack.check(key, value);
    this.#reads.changed(key);
    const held = this.#hold(value, options.ttl, options.tags, options.meta);
    this.#held.set(key, held, options);
    return this.#stack.write(key, held);
  }

  /** Removes a key from memory at once, then from the slower tiers, the farthest first. Returns whether any had it. */
  delete(key: string): boolean | Promise<boolean> {
    this.#checkOpen();
    checkKey(key);
    this.#reads.changed(key);
    const was = this.#memory.delete(key);
    return this.#stack.delete(key, was);
  }

  /**
   * Removes every entry that was stored with a tag, from memory at once; in the slower tiers such entries are passed over
   * from then on. That costs a lookup per tag when an entry with tags is read from a slower tier.
   */
  invalidateTag(tag: string): void | Promise<void> {
    this.#checkOpen();
    checkKey(tag, 'tag');
    this.#reads.allChanged();
    this.#memory.invalidateTag(tag);
    return this.#stack.invalidateTag(tag);
  }

  /** Removes everything from every tier. */
  async clear(): Promise<void> {
    this.#checkOpen();
    this.#memory.clear();
    this.#reads.allChanged();
    await this.#stack.clear();
  }

  /**
   * The value of a key: at once, without a promise, if it is in memory; else from the nearest tier that has it; else
   * computed, once for all who ask meanwhile, and once for all processes where a tier has locks. The value is handed out
   * without waiting for the slower tiers to take it; `flush()` and `close()` wait for that.
   *
   * @throws As `TtlLruCache.getOrCompute` does.
   */
  getOrCompute(
    key: string,
    compute: (context: ComputeContext<string>) => V | Promise<V>,
    options: TieredComputeOptions<V> = {},
  ): V | Promise<V> {
    const held = this.#memory.lookUp(key);
    if (held !== undefined) {
      this.#hits++;
      if (options.onSource !== undefined) this.#tellSource({ tier: 'memory' }, options);
      return held.value;
    }
    this.#checkOpen();
    checkKey(key);
    checkCompute(compute, options, computeOptionNames);
    checkFunction('onSource', options.onSource);
    return computeThroughTiers(this.#computing, key, compute, options);
  }

  /** Reads keys from the slower tiers into memory, tier by tier, in one sweep. Returns how many are in memory after it. */
  async prefetch(keys: Iterable<string>, options?: TierCallOptions): Promise<PrefetchResult> {
    const wanted = [...new Set(keys)];
    for (const key of wanted) checkKey(key);
    const missing = wanted.filter((key) => !this.#memory.has(key));
    const reading = this.#reads.readMany(missing, () => options?.signal?.throwIfAborted());
    return { found: wanted.length - missing.length + (await abortable(reading, options?.signal)) };
  }

  /** What the cache has done so far. */
  stats(): TieredStats {
    const { hits, misses, sets, size } = this.#memory.stats();
    const tiers: Record<string, TierStats> = {};
    if (this.#held.enabled) {
      tiers['memory'] = { hits, misses, sets, errors: 0, skipped: 0, open: false };
    }
    for (const [name, stats] of this.#stack.stats()) tiers[name] = stats;
    const lookups = this.#hits + this.#misses;
    return { hits: this.#hits, misses: this.#misses, hitRatio: lookups === 0 ? 0 : this.#hits / lookups, size, tiers };
  }

  /** Sets all counters to 0; the entries stay. */
  resetStats(): void {
    this.#hits = 0;
    this.#misses = 0;
    this.#memory.resetStats();
    this.#stack.resetStats();
  }

  /** Waits until every change has reached the slower tiers, or failed to. */
  async flush(): Promise<void> {
    await this.#stack.flush();
  }

  /** Aborts what is being computed, waits for the writes under way, closes the tiers and empties memory. What is in the slower tiers stays. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#memory.dispose();
    this.#reads.close();
    for (const stop of this.#stopListening) stop();
    // A computation that has been aborted and ends at once gives its lock back a turn later.
    await turn();
    await this.#stack.close();
  }

  /** Looks for a key in the slower tiers and brings what is found up. */
  #find(key: string, signal: AbortSignal | undefined): Held<V> | undefined | Promise<Held<V> | undefined> {
    if (this.#closing !== undefined) return undefined;
    checkKey(key);
    const found = this.#reads.read(key);
    const count = (held: Held<V> | undefined): Held<V> | undefined => {
      this.#count(held !== undefined);
      return held;
    };
    return isPromise(found) ? abortable(found, signal).then(count) : count(found);
  }

  #invalidated(place: number, what: TierInvalidation): void {
    if ('key' in what) {
      const tag = tagOf(what.key);
      if (tag !== undefined) this.#memory.invalidateTag(tag);
      this.#reads.changed(what.key);
      this.#memory.delete(what.key);
      void this.#stack.delete(what.key, false, place);
    } else {
      this.#reads.allChanged();
      this.#memory.clear();
      // Missed messages are no reason to empty a disk: they were about few keys.
      if ('all' in what) void this.#stack.clearNearer(place);
    }
    this.#emit({ type: 'tier-invalidated', tier: this.#stack.nameOf(place), what });
  }

  #hold(value: V, ttl: number | undefined, tags: readonly string[] | undefined, meta: JsonObject | undefined): Held<V> {
    const now = this.#options.clock.now();
    const life = ttl === undefined ? this.#options.ttl : checkDuration('ttl', ttl);
    if (tags !== undefined) checkTags(tags);
    return { value, storedAt: now, expiresAt: now + life, tags, meta, origin: -1 };
  }

  #count(found: boolean): void {
    if (found) this.#hits++;
    else this.#misses++;
  }

  #entryOf(held: Held<V>, tier: string): CacheEntry<V> {
    const { value, storedAt, expiresAt, tags, meta } = held;
    return { value, tier, storedAt, expiresAt, tags, meta };
  }

  #nameOf(held: Held<V>): string {
    return this.#stack.nameOf(held.origin);
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new CacheError('ERR_CACHE_CLOSED', 'Expected an open cache, got one that has been closed');
  }

  /** By itself, so that a hit pays for no closure. */
  #tellSource(source: ValueSource, options: TieredComputeOptions<V>): void {
    callBack(() => options.onSource?.(source), ignore);
  }

  #emit(event: CacheEvent): void {
    const { onEvent } = this.#options;
    // A listener that throws is no reason for the cache to fail.
    if (onEvent !== undefined) callBack(() => onEvent(event), ignore);
  }
}
