import type { TtlLruCacheOptions } from '../memory/options.ts';
import type { CacheStats } from '../memory/stats.ts';
import { TtlLruCache } from '../memory/ttl-lru-cache.ts';

/** What Keyv looks at to see what kind of store it has. */
export interface KeyvStoreOptions {
  /** A name that is none of the databases that Keyv knows. */
  readonly dialect: string;
  /** There is none. */
  readonly url: string;
}

/**
 * The memory cache as a store for Keyv: bounded, in order of use, and swept.
 *
 * @example
 * ```ts
 * import { KeyvMemoryStore } from '@orc/cache/keyv';
 * import { Keyv } from 'keyv';
 *
 * const keyv = new Keyv({ store: new KeyvMemoryStore({ maxSize: 500 }) });
 * ```
 */
export class KeyvMemoryStore {
  /** What Keyv looks at to see what kind of store this is. */
  readonly opts: KeyvStoreOptions = { dialect: 'orc-cache', url: '' };
  /** Set by Keyv. With it `clear()` removes the keys of this namespace only. */
  namespace: string | undefined;
  readonly #cache: TtlLruCache<string>;
  readonly #ttl: number;

  /**
   * Makes a store. Keyv's own TTL comes on top of `ttl`, whichever ends first; `ttl` is `Infinity` here unless it is given. Keyv 5 gives a
   * store the namespace that it had last, so `clear` of one of several Keyv over one store may be about another's: give each its own.
   * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range.
   */
  constructor(options: TtlLruCacheOptions<string> = {}) {
    this.#ttl = options.ttl ?? Infinity;
    this.#cache = new TtlLruCache<string>({ ...options, ttl: this.#ttl });
  }

  /** The value of a key. */
  async get<Value>(key: string): Promise<Value | undefined> {
    return this.#cache.get(key) as Value | undefined;
  }

  /** The values of some keys, in their order. */
  async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    return keys.map((key) => this.#cache.get(key) as Value | undefined);
  }

  /** Sets the value of a key, for `ttl` ms if that is given. */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    this.#cache.set(key, value, ttl === undefined || ttl <= 0 ? undefined : Math.min(ttl, this.#ttl));
    return true;
  }

  /** Removes a key. */
  async delete(key: string): Promise<boolean> {
    return this.#cache.delete(key);
  }

  /** Removes some keys; returns whether any was there. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    let any = false;
    for (const key of keys) any = this.#cache.delete(key) || any;
    return any;
  }

  /** Whether a key is there. */
  async has(key: string): Promise<boolean> {
    return this.#cache.has(key);
  }

  /** Goes through the keys with their values; those of a namespace, if one is given. */
  async *iterator(namespace?: string): AsyncGenerator<[string, unknown], void, undefined> {
    for (const entry of this.#cache.entries()) {
      if (namespace === undefined || entry[0].startsWith(`${namespace}:`)) yield entry;
    }
  }

  /** Removes all keys of the namespace. */
  async clear(): Promise<void> {
    if (this.namespace === undefined) this.#cache.clear();
    else for (const key of this.#cache.keys()) if (key.startsWith(`${this.namespace}:`)) this.#cache.delete(key);
  }

  /** Removes all keys and stops the timer. */
  async disconnect(): Promise<void> {
    this.#cache.dispose();
  }

  /** Part of what Keyv expects of a store; this one has no events. */
  on(): this {
    return this;
  }

  /** What the cache has done so far. */
  stats(): CacheStats {
    return this.#cache.stats();
  }
}
