import { checkDuration, checkKnown } from '../check-option.ts';
import { CacheError } from '../errors.ts';
import { Callbacks } from './callbacks.ts';
import { Computations } from './computations.ts';
import { EntryStore } from './entry-store.ts';
import {
  type ComputeContext,
  type ComputeOptions,
  resolveOptions,
  setOptionNames,
  type SetOptions,
  type TtlLruCacheOptions,
} from './options.ts';
import { SingleFlight } from './single-flight.ts';
import type { CacheStats } from './stats.ts';

/**
 * A cache in memory with an exact bound, exact LRU order and a time to live per entry.
 *
 * Values are held by reference: what a caller changes in a value, the next caller sees.
 *
 * @example
 * ```ts
 * import { TtlLruCache } from '@orc/cache';
 *
 * const cache = new TtlLruCache<string, number>({ maxSize: 500, ttl: 60_000 });
 * cache.set('answer', 42);
 * cache.get('answer'); // 42
 * ```
 */
export class TtlLruCache<K = unknown, V = unknown> implements Disposable {
  readonly #ttl: number;
  readonly #maxSize: number;
  readonly #store: EntryStore<K, V>;
  readonly #computations: Computations<K, V>;
  readonly #flights = new SingleFlight<K, V>();
  #disposed = false;
  #hits = 0;
  #misses = 0;

  /**
   * Makes a cache.
   * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range.
   */
  constructor(options: TtlLruCacheOptions<K, V> = {}) {
    const resolved = resolveOptions(options);
    this.#ttl = resolved.ttl;
    this.#maxSize = resolved.maxSize;
    const callbacks = new Callbacks(resolved);
    this.#store = new EntryStore(resolved, callbacks);
    this.#computations = new Computations(resolved.ttl, this.#store, this.#flights, callbacks);
  }

  /** How many entries are held, those included that have expired but have not been swept yet; never above `maxSize`. */
  get size(): number {
    return this.#store.size;
  }

  /** How many entries are held at most. */
  get maxSize(): number {
    return this.#maxSize;
  }

  /** The live value of a key; makes the key the most recently used. */
  get(key: K): V | undefined {
    const entry = this.#store.use(key);
    if (entry !== undefined) {
      this.#hits++;
      return entry.value;
    }
    this.#misses++;
    return undefined;
  }

  /** The live value of a key, without making it recently used and without counting. */
  peek(key: K): V | undefined {
    return this.#store.find(key)?.value;
  }

  /** Whether a key has a live value; changes no order and counts nothing. */
  has(key: K): boolean {
    return this.#store.find(key) !== undefined;
  }

  /** How long a key's value will live, in ms; `undefined` for a key without a live value. */
  expiresIn(key: K): number | undefined {
    const entry = this.#store.find(key);
    return entry === undefined ? undefined : this.#store.lifeOf(entry);
  }

  /**
   * Sets the value of a key and makes it the most recently used; a number as options is a `ttl`. A computation of the key that is under way will not be stored.
   * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range, `ERR_CACHE_CLOSED` after `dispose()`.
   */
  set(key: K, value: V, options?: SetOptions | number): this {
    if (this.#flights.size > 0) this.#flights.fence(key);
    if (this.#disposed) throw closed();
    if (options === undefined) this.#store.writePlain(key, value);
    else if (typeof options === 'number') this.#store.write(key, value, checkDuration('ttl', options), undefined);
    else {
      checkKnown(options, setOptionNames, 'set');
      this.#store.write(key, value, options.ttl === undefined ? this.#ttl : options.ttl, options);
    }
    return this;
  }

  /** Removes a key; a computation of it that is under way will not be stored. Returns whether it had a live value. */
  delete(key: K): boolean {
    if (this.#flights.size > 0) this.#flights.fence(key);
    return this.#store.delete(key);
  }

  /** Removes all entries; computations that are under way will not be stored. */
  clear(): void {
    this.#flights.fenceAll();
    this.#store.clear();
  }

  /** Removes every entry that was stored with a tag, and keeps computations that are under way from being stored with it. Returns how many entries it removed. */
  invalidateTag(tag: string): number {
    this.#flights.fenceTag(tag);
    return this.#store.deleteTagged(tag);
  }

  /**
   * The value of a key: at once, without a promise, if it is there, else computed. A key is computed once for all who ask
   * meanwhile. An error reaches them all and is not remembered. `undefined` and `null` are values like any other.
   *
   * @throws What `compute` throws; `signal.reason` (as a rejection) if this caller leaves; `CacheError` with
   * `ERR_CACHE_REENTRANT` (as a rejection) if the computation asks for a key that waits for it, `ERR_CACHE_OPTION` for an
   * option that is unknown or out of range, `ERR_CACHE_CLOSED` after `dispose()`.
   *
   * @example
   * ```ts
   * import { TtlLruCache } from '@orc/cache';
   *
   * const pages = new TtlLruCache<string, string>();
   * const page = await pages.getOrCompute('https://example.org', async ({ key, signal }) => {
   *   const response = await fetch(key, { signal });
   *   return response.text();
   * });
   * ```
   */
  getOrCompute(
    key: K,
    compute: (context: ComputeContext<K>) => V | Promise<V>,
    options?: ComputeOptions<V>,
  ): V | Promise<V> {
    const entry = this.#store.use(key);
    if (entry !== undefined) {
      this.#hits++;
      return entry.value;
    }
    this.#misses++;
    if (this.#disposed) throw closed();
    return this.#computations.load(key, compute, options);
  }

  /**
   * The entry's value if it is live; counts a hit, but no miss. For the tiers, which look here first.
   * @internal
   */
  lookUp(key: K): V | undefined {
    const entry = this.#store.use(key);
    if (entry === undefined) return undefined;
    this.#hits++;
    return entry.value;
  }

  /** What the cache has done so far. */
  stats(): CacheStats {
    const lookups = this.#hits + this.#misses;
    return {
      hits: this.#hits,
      misses: this.#misses,
      sets: this.#store.sets,
      evictions: this.#store.evictions,
      expirations: this.#store.expirations,
      size: this.#store.size,
      hitRatio: lookups === 0 ? 0 : this.#hits / lookups,
    };
  }

  /** Sets all counters to 0; the entries stay. */
  resetStats(): void {
    this.#hits = 0;
    this.#misses = 0;
    this.#store.sets = 0;
    this.#store.evictions = 0;
    this.#store.expirations = 0;
  }

  /** The live keys, from the least to the most recently used. What is held when it begins is what it goes through; what leaves meanwhile is skipped. */
  *keys(): Generator<K, undefined, undefined> {
    for (const entry of this.#store.live()) yield entry.key;
  }

  /** The live values, in the order of `keys()`. */
  *values(): Generator<V, undefined, undefined> {
    for (const entry of this.#store.live()) yield entry.value;
  }

  /** The live keys with their values, in the order of `keys()`. */
  *entries(): Generator<[K, V], undefined, undefined> {
    for (const entry of this.#store.live()) yield [entry.key, entry.value];
  }

  /** Calls `callback` for every live entry, in the order of `keys()`. */
  forEach(callback: (value: V, key: K, cache: this) => void, thisArgument?: unknown): void {
    for (const entry of this.#store.live()) callback.call(thisArgument, entry.value, entry.key, this);
  }

  /** The same as `entries()`. */
  [Symbol.iterator](): Generator<[K, V], undefined, undefined> {
    return this.entries();
  }

  /** What `Object.prototype.toString` calls it. */
  get [Symbol.toStringTag](): string {
    return 'TtlLruCache';
  }

  /** Aborts what is being computed, removes all entries and stops the timer. After it every lookup misses and `set` throws. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#flights.abortAll(closed());
    this.clear();
  }

  /** The same as `dispose()`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

// What `util.inspect` and `console.log` show: not the entries, which may be many and secret.
Object.defineProperty(TtlLruCache.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: TtlLruCache): string {
    const { hits, misses } = this.stats();
    return `TtlLruCache { size: ${this.size}, maxSize: ${this.maxSize}, hits: ${hits}, misses: ${misses} }`;
  },
});

function closed(): CacheError {
  return new CacheError('ERR_CACHE_CLOSED', 'Expected an open cache, got one that has been disposed of');
}
