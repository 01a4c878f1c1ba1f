import { setImmediate as turn } from 'node:timers/promises';

import type { Clock } from '../clock.ts';
import { ignore, isPromise } from '../maybe-promise.ts';
import type { BreakerOptions } from './breaker.ts';
import type { CacheEvent } from './events.ts';
import { GuardedTier } from './guarded-tier.ts';
import { KeyQueue } from './key-queue.ts';
import { TagGenerations } from './tag-generations.ts';
import { markerOf } from './tag-marker.ts';
import type { Tier, TierEntry, TierInvalidation, TierLock } from './tier.ts';
import type { TierStats } from './tiered-results.ts';

/** An entry, and where it came from: -1 for computed, else the place of the tier. */
export interface Held<V> extends TierEntry<V> {
  /** -1, or the place of the tier. */
  readonly origin: number;
}

/** The slow tiers as one: read from the nearest on, written from the nearest on, deleted from the farthest on, each key's changes in order. */
export class TierStack<V> {
  readonly #tiers: readonly GuardedTier<V>[];
  readonly #changes = new KeyQueue();
  readonly #tags: TagGenerations<V>;
  /** What makes up for the changes that did not reach a tier, as long as there are any. */
  readonly #paying = new Map<GuardedTier<V>, Promise<void>>();
  readonly #releasing = new Set<Promise<void>>();
  #clearing: Promise<void> | undefined;

  /** Guards some tiers. */
  constructor(
    tiers: readonly Tier<V>[],
    options: {
      readonly clock: Clock;
      readonly timeout: number;
      readonly breaker: { readonly [Name in keyof BreakerOptions]-?: number };
      readonly emit: (event: CacheEvent) => void;
    },
  ) {
    this.#tiers = tiers.map((tier) => {
      const guarded: GuardedTier<V> = new GuardedTier<V>(tier, { ...options, answered: () => this.#payAll(guarded) });
      return guarded;
    });
    this.#tags = new TagGenerations(options.clock, this.#tiers, (key) => this.#changes.pending(key));
  }

  /** How many tiers there are. */
  get length(): number {
    return this.#tiers.length;
  }

  /** The name of the tier at a place. */
  nameOf(place: number): string {
    return this.#tiers[place]?.tier.name ?? 'memory';
  }

  /** What each tier has done, by name. */
  stats(): [string, TierStats][] {
    return this.#tiers.map((guarded) => [guarded.tier.name, guarded.stats()]);
  }

  /** Sets all counters to 0. */
  resetStats(): void {
    for (const guarded of this.#tiers) guarded.resetStats();
  }

  /** Passes on what the tiers notice by themselves; returns what stops it. */
  listen(
    emit: (event: CacheEvent) => void,
    invalidated: (place: number, what: TierInvalidation) => void,
  ): (() => void)[] {
    return this.#tiers.flatMap(({ tier }, place) => {
      const stop = tier.listen?.({
        entryCorrupt: (key, reason, where) => emit({ type: 'entry-corrupt', tier: tier.name, key, reason, where }),
        invalidated: (what) => invalidated(place, what),
      });
      return stop === undefined ? [] : [stop];
    });
  }

  /** The entry of a key from the nearest tier that has it, after the changes of the key that are under way. */
  read(key: string): Held<V> | undefined | Promise<Held<V> | undefined> {
    const before = this.#clearing ?? this.#changes.pending(key);
    return before === undefined ? this.#readFrom(0, key) : before.then(() => this.read(key));
  }

  /** The entries of some keys, tier by tier; calls `found` with each. Gives up between tiers when `stopped` throws. */
  async readMany(
    keys: readonly string[],
    found: (key: string, held: Held<V>) => void,
    stopped: () => void,
  ): Promise<number> {
    let missing = keys;
    await Promise.all(missing.map((key) => this.#clearing ?? this.#changes.pending(key) ?? Promise.resolve()));
    for (const [place, guarded] of this.#tiers.entries()) {
      if (missing.length === 0) break;
      stopped();
      const entries = await guarded.getMany(missing);
      for (const [key, entry] of entries) {
        if (await this.#tags.isCurrent(entry, place)) found(key, { ...entry, origin: place });
        else entries.delete(key);
      }
      missing = missing.filter((key) => !entries.has(key));
    }
    return keys.length - missing.length;
  }

  /** Throws what a tier says of a value that it could not keep. */
  check(key: string, value: V): void {
    for (const { tier } of this.#tiers) tier.check?.(key, value);
  }

  /** Writes an entry to the first tiers, all of them if no number is given. Never rejects. */
  write(key: string, held: Held<V>, count: number = this.#tiers.length): void | Promise<void> {
    if (held.tags === undefined || held.tags.length === 0)
      return this.#change(key, () => this.#writeTo(0, count, key, held));
    const { serial } = this.#tags;
    // Those that are asked for later are not waited for: they may wait for this.
    const invalidations = held.tags.map(async (tag) => this.#changes.pending(markerOf(tag)));
    return this.#change(key, async () => {
      await Promise.all(invalidations);
      await this.#writeTagged(count, key, held, serial);
    });
  }

  /** Removes an entry from the first tiers, the farthest of them first; returns whether any had it, or `already`. */
  delete(key: string, already: boolean, count: number = this.#tiers.length): boolean | Promise<boolean> {
    return this.#change(key, () => this.#deleteFrom(count - 1, key, already));
  }

  /** Removes everything, after the changes that are under way. */
  async clear(): Promise<void> {
    const before = [this.#clearing ?? Promise.resolve(), this.#changes.settled()];
    const clearing = (async () => {
      await Promise.all(before);
      await this.clearNearer(this.#tiers.length);
    })();
    this.#clearing = clearing;
    await clearing;
    if (this.#clearing === clearing) this.#clearing = undefined;
  }

  /** Removes everything from the first tiers. */
  async clearNearer(count: number): Promise<void> {
    for (const guarded of this.#tiers.slice(0, count).toReversed()) await guarded.clear();
  }

  /** Makes every entry with a tag a thing of the past. */
  invalidateTag(tag: string): void | Promise<void> {
    const removed = this.delete(this.#tags.invalidate(tag), false);
    return isPromise(removed) ? removed.then(ignore) : undefined;
  }

  /** Takes the lock of the farthest tier that has locks, and looks whether its last holder has left the entry there. */
  get lock():
    | ((key: string, signal: AbortSignal) => Promise<{ lock: TierLock | undefined; held: Held<V> | undefined }>)
    | undefined {
    const place = this.#tiers.findLastIndex(({ tier }) => tier.lock !== undefined);
    const guarded = this.#tiers[place];
    if (guarded === undefined) return undefined;
    return async (key, signal) => {
      const lock = await guarded.lock(key, signal);
      return { lock, held: lock === undefined ? undefined : await this.#readOne(place, key) };
    };
  }

  /** Gives a lock back a turn later, when the value has landed and its write has begun, and after that write. */
  releaseSoon(lock: TierLock | undefined, written: () => void | Promise<void>): void {
    if (lock === undefined) return;
    const releasing = (async () => {
      await turn();
      await written();
      await lock.release();
    })().finally(() => this.#releasing.delete(releasing));
    this.#releasing.add(releasing);
  }

  /** Waits for the changes that are under way, and until the locks that were held for them are given back. */
  async flush(): Promise<void> {
    await this.#changes.idle();
    await this.#clearing;
    await Promise.all([...this.#paying.values(), ...this.#releasing]);
  }

  /** Closes the tiers. */
  async close(): Promise<void> {
    await this.flush();
    await Promise.all(this.#tiers.map((guarded) => guarded.close()));
  }

  #readFrom(first: number, key: string): Held<V> | undefined | Promise<Held<V> | undefined> {
    for (let place = first; place < this.#tiers.length; place++) {
      const entry = this.#readOne(place, key);
      if (isPromise(entry)) return entry.then((late) => late ?? this.#readFrom(place + 1, key));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #readOne(place: number, key: string): Held<V> | undefined | Promise<Held<V> | undefined> {
    const check = (entry: TierEntry<V> | undefined): Held<V> | undefined | Promise<Held<V> | undefined> => {
      if (entry === undefined) return undefined;
      const held: Held<V> = { ...entry, origin: place };
      if (entry.tags === undefined || entry.tags.length === 0) return held;
      return this.#tags.isCurrent(entry, place).then((current) => (current ? held : undefined));
    };
    const entry = this.#tiers[place]?.get(key);
    return isPromise(entry) ? entry.then(check) : check(entry);
  }

  /** Makes up for what a tier has missed while it was down, key by key, until it fails again. */
  #payAll(guarded: GuardedTier<V>): void {
    if (this.#paying.has(guarded)) return;
    const paying = (async () => {
      // What has just answered comes to its end first; it may be what is owed.
      await Promise.resolve();
      for (const key of guarded.owed()) if (!(await this.#change(key, () => guarded.pay(key)))) break;
    })().finally(() => this.#paying.delete(guarded));
    this.#paying.set(guarded, paying);
  }

  /** Writes an entry with what its tags are worth in each of the first tiers; what was found further away stays as it was there. */
  async #writeTagged(count: number, key: string, held: Held<V>, serial: number): Promise<void> {
    const { tags = [], expiresAt } = held;
    const generations = { ...held.generations, ...(await this.#tags.now(tags, count, expiresAt)) };
    // A tag that was invalidated since it was handed in is not to be brought back by a marker that was made after that.
    if (this.#tags.anySince(tags, serial)) await this.#deleteFrom(count - 1, key, false);
    else await this.#writeTo(0, count, key, { ...held, generations });
  }

  #writeTo(first: number, end: number, key: string, held: Held<V>): void | Promise<void> {
    const { value, storedAt, expiresAt, tags, generations, meta } = held;
    const entry: TierEntry<V> = { value, storedAt, expiresAt, tags, generations, meta };
    for (let place = first; place < end; place++) {
      const written = this.#tiers[place]?.set(key, entry);
      if (isPromise(written)) return written.then(() => this.#writeTo(place + 1, end, key, held));
    }
  }

  #deleteFrom(last: number, key: string, already: boolean): boolean | Promise<boolean> {
    let was = already;
    for (let place = last; place >= 0; place--) {
      const deleted = this.#tiers[place]?.delete(key) ?? false;
      if (isPromise(deleted)) return deleted.then((late) => this.#deleteFrom(place - 1, key, was || late));
      was ||= deleted;
    }
    return was;
  }

  #change<T>(key: string, change: () => T | Promise<T>): T | Promise<T> {
    const clearing = this.#clearing;
    return this.#changes.run(key, clearing === undefined ? change : () => clearing.then(change));
  }
}
