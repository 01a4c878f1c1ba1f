import type { Clock } from '../../clock.ts';
import { wait } from '../call/wait.ts';

/** Gives out a number of units a minute, in the order they were asked for. A minute's worth may be taken at once. */
export class TokenBucket {
  readonly #perMinute: number;
  readonly #clock: Clock;
  #level: number;
  #filledAt: number;
  #tail: Promise<void> = Promise.resolve();

  /** Makes a full bucket. */
  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    this.#level = perMinute;
    this.#filledAt = clock.now();
  }

  /** Units that are there now; negative while what was taken too much is paid back. */
  get level(): number {
    this.#fill();
    return this.#level;
  }

  /** Takes units, waiting for them behind those who came before. More than a minute's worth takes a whole minute's. */
  take(units: number, signal: AbortSignal): Promise<void> {
    const turn = this.#tail.then(() => this.#wait(Math.min(units, this.#perMinute), signal));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Corrects what was taken by an estimate: a positive number takes more, a negative one gives back. */
  adjust(units: number): void {
    this.#fill();
    this.#level = Math.min(this.#perMinute, this.#level - units);
  }

  async #wait(units: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (;;) {
      this.#fill();
      const missing = units - this.#level;
      // The clock's fractions must not leave a rest that no timer can wait for.
      if (missing < 1e-6) break;
      await wait(this.#clock, Math.ceil((missing * 60_000) / this.#perMinute), signal);
    }
    this.#level -= units;
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#level = Math.min(
      this.#perMinute,
      this.#level + (Math.max(0, now - this.#filledAt) * this.#perMinute) / 60_000,
    );
    this.#filledAt = now;
  }
}
