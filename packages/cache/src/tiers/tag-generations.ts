import { randomBytes } from 'node:crypto';

import type { Clock } from '../clock.ts';
import { boundedMemo } from '../bounded-memo.ts';
import { markerOf } from './tag-marker.ts';
import type { GuardedTier } from './guarded-tier.ts';
import type { TierEntry } from './tier.ts';

/** How long a marker lives at least beyond the entry that it was made for, in ms; longer if that lives longer. */
const LEAST_SLACK = 86_400_000;

/** What tags were worth when an entry was written: for each tier by its name one generation for each tag. */
export type Generations = Readonly<Record<string, readonly string[]>>;

/**
 * Tags in tiers that cannot be asked for all entries with one. A tier keeps a marker for each tag, with its generation; an entry carries the
 * generations of its tags, and counts only while they are still those of the markers. To invalidate a tag is to remove its marker: so
 * one that is evicted, expires or never was costs entries, and brings none back, and a tag without entries leaves nothing behind.
 */
export class TagGenerations<V> {
  readonly #clock: Clock;
  readonly #tiers: readonly GuardedTier<V>[];
  /** The change of a marker that is under way. */
  readonly #changing: (key: string) => Promise<unknown> | undefined;
  /** Looks at the markers that are under way: those who write with one tag meanwhile share one. */
  readonly #looking = new Map<string, Promise<readonly (string | undefined)[]>>();
  /** When this cache invalidated a tag last, by a number that counts its invalidations. */
  readonly #invalidated = boundedMemo<string, number>(50_000);
  #serial = 0;

  /** Keeps markers in some tiers. */
  constructor(clock: Clock, tiers: readonly GuardedTier<V>[], changing: (key: string) => Promise<unknown> | undefined) {
    this.#clock = clock;
    this.#tiers = tiers;
    this.#changing = changing;
  }

  /** A point in the order of invalidations, to ask later what came after it. */
  get serial(): number {
    return this.#serial;
  }

  /** Notes that a tag is invalidated; its marker, whose key is returned, is to be removed. */
  invalidate(tag: string): string {
    this.#invalidated.set(tag, ++this.#serial);
    this.#looking.delete(tag);
    return markerOf(tag);
  }

  /** Whether this cache has invalidated any of some tags since a point. */
  anySince(tags: readonly string[], serial: number): boolean {
    return serial < this.#serial && tags.some((tag) => (this.#invalidated.get(tag) ?? 0) > serial);
  }

  /** What tags are worth now in the first tiers; where a marker is missing one is made, for an entry that lives until then. */
  async now(tags: readonly string[], count: number, expiresAt: number): Promise<Generations> {
    const byTag = await Promise.all(tags.map((tag) => this.#generationsOf(tag, count, expiresAt)));
    const generations: Record<string, readonly string[]> = {};
    for (const [place, { tier }] of this.#tiers.slice(0, count).entries()) {
      const here = byTag.map((found) => found[place]);
      // A tier that cannot say now has not these, and an entry without them is none there.
      if (here.every((generation) => generation !== undefined)) generations[tier.name] = here;
    }
    return generations;
  }

  /** Whether an entry of a tier has none of its tags invalidated, there or in a tier behind it, by anybody. A tier that cannot say is passed over. */
  async isCurrent(entry: TierEntry<V>, place: number): Promise<boolean> {
    const { tags = [], generations = {} } = entry;
    await Promise.all(tags.map(async (tag) => this.#changing(markerOf(tag))));
    const checks = this.#tiers.slice(place).map(async (guarded) => {
      const own = Object.hasOwn(generations, guarded.tier.name) ? generations[guarded.tier.name] : undefined;
      const markers = await Promise.all(tags.map((tag) => this.#read(guarded, tag)));
      return markers.every((marker, index) => marker === undefined || (marker !== null && marker === own?.[index]));
    });
    return (await Promise.all(checks)).every(Boolean);
  }

  #generationsOf(tag: string, count: number, expiresAt: number): Promise<readonly (string | undefined)[]> {
    const looking = count === this.#tiers.length ? this.#looking.get(tag) : undefined;
    if (looking !== undefined) return looking;
    const look = Promise.all(this.#tiers.slice(0, count).map((guarded) => this.#ensure(guarded, tag, expiresAt)));
    if (count === this.#tiers.length) {
      this.#looking.set(tag, look);
      const end = (): void => {
        if (this.#looking.get(tag) === look) this.#looking.delete(tag);
      };
      look.then(end, end);
    }
    return look;
  }

  async #ensure(guarded: GuardedTier<V>, tag: string, expiresAt: number): Promise<string | undefined> {
    const marker = await this.#read(guarded, tag);
    if (marker !== null) return marker;
    const now = this.#clock.now();
    const generation = randomBytes(9).toString('base64url');
    const until = expiresAt + Math.max(LEAST_SLACK, expiresAt - now);
    const entry = { value: generation as V, storedAt: now, expiresAt: until };
    return (await guarded.set(markerOf(tag), entry)) ? generation : undefined;
  }

  /** The generation that a tier has for a tag; `null` for none, `undefined` if it cannot say. */
  async #read(guarded: GuardedTier<V>, tag: string): Promise<string | null | undefined> {
    const marker = await guarded.peek(markerOf(tag));
    if (marker === undefined) return undefined;
    const value: unknown = marker?.value;
    return typeof value === 'string' ? value : null;
  }
}
