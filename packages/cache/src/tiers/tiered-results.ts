import type { TierEntry } from './tier.ts';

/** A value with what is known about it. */
export interface CacheEntry<V = unknown> extends TierEntry<V> {
  /** The tier that it was found in: `memory`, or the name of a slower one. */
  readonly tier: string;
}

/** What a tier has done so far. */
export interface TierStats {
  /** Entries found. */
  readonly hits: number;
  /** Entries not found, failed calls included. */
  readonly misses: number;
  /** Entries written. */
  readonly sets: number;
  /** Calls that failed or took too long. */
  readonly errors: number;
  /** Calls not made because the tier was being left alone. */
  readonly skipped: number;
  /** Whether the tier is being left alone now, be it for reads, writes or locks. */
  readonly open: boolean;
}

/** What a {@link TieredCache} has done so far. */
export interface TieredStats {
  /** Lookups answered by some tier. */
  readonly hits: number;
  /** Lookups that no tier could answer. */
  readonly misses: number;
  /** `hits / (hits + misses)`, 0 before the first lookup. */
  readonly hitRatio: number;
  /** Entries in memory. */
  readonly size: number;
  /** Each tier's own counts, `memory` included. */
  readonly tiers: Readonly<Record<string, TierStats>>;
}

/** What a prefetch has brought. */
export interface PrefetchResult {
  /** How many of the keys are in memory after it. */
  readonly found: number;
}
