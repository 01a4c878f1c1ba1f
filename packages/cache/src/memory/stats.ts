/** What a cache has done since it was made, or since `resetStats()`. */
export interface CacheStats {
  /** Lookups by `get` and `getOrCompute` that found a live value. */
  readonly hits: number;
  /** Lookups by `get` and `getOrCompute` that did not. */
  readonly misses: number;
  /** Values written. */
  readonly sets: number;
  /** Entries pushed out because the cache was full. */
  readonly evictions: number;
  /** Entries removed because their time was over. */
  readonly expirations: number;
  /** Entries held now; never above `maxSize`. Not reset. */
  readonly size: number;
  /** `hits / (hits + misses)`, 0 before the first lookup. */
  readonly hitRatio: number;
}
