import type { Clock } from '../clock.ts';
import { addAfter, detach, type Entry, makeRoot } from './recency-list.ts';
import { Ticker } from './ticker.ts';

/** How many entries one slice of a sweep looks at, and how many it removes at most. */
const SLICE_VISITS = 8192;
const SLICE_REMOVALS = 256;

/** What a sweeper needs of the store that it sweeps. */
export interface Swept<K, V> {
  /** The time, in ms since the epoch of the store. */
  now(): number;
  /** Told the time each second, and when the sweeper begins to run. */
  ticked(now: number): void;
  /** How many entries expire at some time. */
  mortal(): number;
  /** Whether an entry is to go. */
  isOver(entry: Entry<K, V>, now: number): boolean;
  /** Takes an entry out. */
  discard(entry: Entry<K, V>): void;
  /** Told what was taken out, when everything is in order again. */
  expired(entries: readonly Entry<K, V>[]): void;
}

/** Knows the ring of the entries: goes round it now and then and takes out what has expired, in slices between other people's turns. */
export class Sweeper<K, V> {
  /** Stands in the ring where a sweep that is taking a break will go on. */
  readonly #marker: Entry<K, V> = makeRoot();
  readonly #root: Entry<K, V>;
  readonly #interval: number;
  readonly #store: Swept<K, V>;
  readonly #ticker: Ticker;
  #sweptAt = 0;

  /** Stands still until `settle()`. */
  constructor(root: Entry<K, V>, clock: Clock, interval: number, store: Swept<K, V>) {
    this.#root = root;
    this.#interval = interval;
    this.#store = store;
    this.#ticker = new Ticker(clock, Math.min(1000, interval), {
      tick: () => this.#tick(),
      slice: () => this.#sweepSlice(),
    });
  }

  /** Whether its timer runs. */
  get running(): boolean {
    return this.#ticker.running;
  }

  /** The entry that was used least recently. */
  oldest(): Entry<K, V> {
    const oldest = this.#root.newer;
    return oldest === this.#marker ? oldest.newer : oldest;
  }

  /** The entries, from the least to the most recently used. */
  entries(): Entry<K, V>[] {
    const entries: Entry<K, V>[] = [];
    for (let entry = this.#root.newer; entry !== this.#root; entry = entry.newer) {
      if (entry !== this.#marker) entries.push(entry);
    }
    return entries;
  }

  /** Forgets all entries at once. */
  emptyRing(): void {
    for (const each of [this.#marker, this.#root]) {
      each.newer = each;
      each.older = each;
    }
  }

  /** Runs the timer if there is something that can expire, and only then. */
  settle(): void {
    if (this.#store.mortal() === 0) {
      this.#ticker.stop();
      detach(this.#marker);
    } else if (!this.#ticker.running) {
      const now = this.#store.now();
      this.#sweptAt = now;
      this.#store.ticked(now);
      this.#ticker.start();
    }
  }

  #tick(): void {
    const now = this.#store.now();
    this.#store.ticked(now);
    // Set back, the clock must not put the next sweep off.
    if (now < this.#sweptAt) this.#sweptAt = now;
    if (now - this.#sweptAt < this.#interval) return;
    this.#sweptAt = now;
    if (this.#marker.newer === this.#marker) {
      addAfter(this.#marker, this.#root);
      this.#sweepSlice();
    }
  }

  /** Sweeps some entries from the marker on, and moves the marker behind them. */
  #sweepSlice(): void {
    const root = this.#root;
    const now = this.#store.now();
    const expired: Entry<K, V>[] = [];
    let entry = this.#marker.newer;
    detach(this.#marker);
    for (let visits = 0; entry !== root && visits < SLICE_VISITS && expired.length < SLICE_REMOVALS; visits++) {
      const next = entry.newer;
      if (this.#store.isOver(entry, now)) {
        this.#store.discard(entry);
        expired.push(entry);
      }
      entry = next;
    }
    if (entry !== root && this.#store.mortal() > 0) {
      addAfter(this.#marker, entry.older);
      this.#ticker.sliceSoon();
    }
    this.settle();
    this.#store.expired(expired);
  }
}
