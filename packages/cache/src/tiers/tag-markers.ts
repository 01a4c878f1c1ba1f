import type { Clock } from '../clock.ts';
import { TtlLruCache } from '../memory/ttl-lru-cache.ts';
import type { GuardedTier } from './guarded-tier.ts';
import type { TierEntry } from './tier.ts';

/** What the keys of markers begin with; the first character keeps them apart from anybody's own keys. */
const PREFIX = '\u0000tag:';

/** The tag that a key is the marker of, if it is one. */
export function tagOf(key: string): string | undefined {
  return key.startsWith(PREFIX) ? key.slice(PREFIX.length) : undefined;
}

/**
 * When tags were invalidated last. Slow tiers cannot be asked for all entries with a tag, so the time is kept as an entry of
 * its own, and an entry with tags counts only if it is newer than all of them.
 */
export class TagMarkers<V> {
  readonly #clock: Clock;
  readonly #tiers: readonly GuardedTier<V>[];
  /** What this cache has invalidated itself. */
  readonly #own = new TtlLruCache<string, number>({ maxSize: 100_000, ttl: Infinity });

  /** Keeps markers in some tiers. */
  constructor(clock: Clock, tiers: readonly GuardedTier<V>[]) {
    this.#clock = clock;
    this.#tiers = tiers;
  }

  /** Notes that a tag is invalidated now; what it returns is to be written to the tiers. */
  invalidate(tag: string): { readonly key: string; readonly entry: TierEntry<V> } {
    const now = this.#clock.now();
    this.#own.set(tag, now);
    return { key: PREFIX + tag, entry: { value: now as V, storedAt: now, expiresAt: Infinity } };
  }

  /** A time of storing that is after every invalidation of the tags by this cache. */
  after(tags: readonly string[] | undefined, now: number): number {
    let time = now;
    if (this.#own.size > 0) for (const tag of tags ?? []) time = Math.max(time, (this.#own.get(tag) ?? -1) + 1);
    return time;
  }

  /** Whether none of an entry's tags was invalidated since it was stored, by anybody. */
  async isCurrent(entry: TierEntry<V>): Promise<boolean> {
    const { tags = [], storedAt } = entry;
    if (tags.some((tag) => (this.#own.get(tag) ?? -1) >= storedAt)) return false;
    const reads = tags.flatMap((tag) => this.#tiers.map(async (tier) => tier.read(PREFIX + tag)));
    const markers = await Promise.all(reads);
    return markers.every((marker) => marker === undefined || (marker.value as number) < storedAt);
  }
}
