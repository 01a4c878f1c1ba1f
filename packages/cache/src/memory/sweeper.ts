import type { Clock } from '../clock.ts';
import type { Entry, RecencyRing } from './recency-ring.ts';
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

/** Goes round the entries now and then and takes out what has expired, in slices between other people's turns. */
export class Sweeper<K, V> {
  readonly #ring: RecencyRing<K, V>;
  readonly #interval: number;
  readonly #store: Swept<K, V>;
  readonly #ticker: Ticker;
  #sweptAt = 0;

  /** Stands still until `settle()`. */
  constructor(ring: RecencyRing<K, V>, clock: Clock, interval: number, store: Swept<K, V>) {
    this.#ring = ring;
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

  /** Runs the timer if there is something that can expire, and only then. */
  settle(): void {
    if (this.#store.mortal() === 0) {
      this.#ticker.stop();
      this.#ring.stopWalk();
    } else if (!this.#ticker.running) {
      const now = this.#store.now();
      this.#sweptAt = now;
      this.#store.ticked(now);
      this.#ticker.start();
    }
  }

  /** Has the timer run anew if it was set with timers that have been put away since: it would never go off. */
  renew(): void {
    if (this.#ticker.running && !this.#ticker.isCurrent) {
      this.#ticker.stop();
      this.settle();
    }
  }

  #tick(): void {
    const now = this.#store.now();
    this.#store.ticked(now);
    // Set back, the clock must not put the next sweep off.
    if (now < this.#sweptAt) this.#sweptAt = now;
    if (now - this.#sweptAt < this.#interval) return;
    this.#sweptAt = now;
    if (this.#ring.walking) return;
    this.#ring.startWalk();
    this.#sweepSlice();
  }

  #sweepSlice(): void {
    const now = this.#store.now();
    const expired: Entry<K, V>[] = [];
    let visits = 0;
    const more = this.#ring.walk((entry) => {
      if (this.#store.isOver(entry, now)) {
        this.#store.discard(entry);
        expired.push(entry);
      }
      return ++visits < SLICE_VISITS && expired.length < SLICE_REMOVALS;
    });
    if (more) {
      if (this.#store.mortal() > 0) this.#ticker.sliceSoon();
      else this.#ring.stopWalk();
    }
    this.settle();
    this.#store.expired(expired);
  }
}
