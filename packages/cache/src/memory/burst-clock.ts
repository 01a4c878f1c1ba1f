import { isRealTime } from './real-time.ts';

/** So many reads of one millisecond in a row make a burst, and so many writes of a burst share a read. */
const BURST = 16;

const nextMicrotask = Promise.resolve();

/**
 * The time for writes. In a burst of them to read the clock would take a third of each; so there it is read for every sixteenth. A burst ends with its
 * microtask, with its millisecond, and when it is told to; so an entry can expire early by what fifteen writes took, and never late. Where a test has put
 * another clock in the place of `Date`, an hour may pass between two writes: there each reads it.
 */
export class BurstClock {
  readonly #read: () => number;
  readonly #end = (): void => {
    this.#ending = false;
    this.end();
  };
  #time = NaN;
  /** Reads in a row that gave the same time. */
  #row = 0;
  /** Writes that may still share the last read. */
  #shares = 0;
  #ending = false;

  /** Takes the time, in whole milliseconds, from `read`. */
  constructor(read: () => number) {
    this.#read = read;
  }

  /** The time, or that of up to fifteen writes ago. */
  now(): number {
    if (this.#shares > 0 && isRealTime()) {
      this.#shares--;
      return this.#time;
    }
    return this.#readAgain();
  }

  /** Ends a burst. */
  end(): void {
    this.#shares = 0;
    this.#row = 0;
  }

  #readAgain(): number {
    const now = this.#read();
    this.#row = now === this.#time ? this.#row + 1 : 0;
    this.#time = now;
    this.#shares = 0;
    if (this.#row >= BURST && isRealTime()) {
      this.#shares = BURST - 1;
      if (!this.#ending) {
        this.#ending = true;
        void nextMicrotask.then(this.#end);
      }
    }
    return now;
  }
}
