import type { Clock } from '../clock.ts';

/** When the epoch is moved up, so that no time relative to it outgrows the field of an entry. */
export const REBASE_AT: number = 2 ** 30;

/** Time as entries keep it: whole milliseconds since an epoch, which is moved up when it is long ago. */
export class Timeline {
  readonly #clock: Clock;
  readonly #moved: (by: number) => void;
  /** In ms since 1970. */
  #epoch: number;
  /** The latest time that was read. */
  #last = 0;

  /** Begins now; calls `moved` when the epoch has been moved up, and every time that is kept is to be less. */
  constructor(clock: Clock, moved: (by: number) => void) {
    this.#clock = clock;
    this.#moved = moved;
    this.#epoch = clock.now();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const now = this.#clock.now() - this.#epoch;
    // Whole milliseconds, and certain to fit a field.
    if (now < REBASE_AT && now >= this.#last) return (this.#last = now | 0);
    return now < this.#last ? this.#setBack(now) : this.#rebase(Math.trunc(now));
  }

  /** A time that is kept, in ms since 1970. */
  absolute(time: number): number {
    return time + this.#epoch;
  }

  /** How long it is until a time in ms since 1970, to the fraction that the clock has. */
  until(absolute: number): number {
    return absolute - this.#clock.now();
  }

  /** The clock was set back: time stands still for that, so that nothing lives longer by what it was set back by. */
  #setBack(now: number): number {
    // A reading that is earlier by less than a millisecond is none.
    if (this.#last - now >= 1) this.#epoch -= this.#last - Math.trunc(now);
    return this.#last;
  }

  #rebase(now: number): number {
    this.#epoch += now;
    this.#last = 0;
    this.#moved(now);
    return 0;
  }
}
