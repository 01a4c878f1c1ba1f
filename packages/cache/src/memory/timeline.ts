import type { Clock } from '../clock.ts';

/** When the epoch is moved up, so that no time relative to it outgrows the field of an entry. */
export const REBASE_AT: number = 2 ** 30;

/** Time as entries keep it: whole milliseconds since an epoch, which is moved up when it is long ago. */
export class Timeline {
  readonly #clock: Clock;
  readonly #moved: (by: number) => void;
  /** In ms since 1970. */
  #epoch: number;

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
    return now < REBASE_AT && now > -REBASE_AT ? now | 0 : this.#rebase(Math.trunc(now));
  }

  /** A time that is kept, in ms since 1970. */
  absolute(time: number): number {
    return time + this.#epoch;
  }

  /** How long it is until a time in ms since 1970, to the fraction that the clock has. */
  until(absolute: number): number {
    return absolute - this.#clock.now();
  }

  #rebase(now: number): number {
    this.#epoch += now;
    this.#moved(now);
    return 0;
  }
}
