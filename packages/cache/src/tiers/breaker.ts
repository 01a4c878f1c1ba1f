import type { Clock } from '../clock.ts';

/** When a tier that fails is left alone; reads, writes and locks are counted each by themselves. */
export interface BreakerOptions {
  /**
   * How many failures in a row open it.
   * @defaultValue 5
   */
  readonly failures?: number | undefined;
  /**
   * How long the tier is left alone at first, in ms. Twice as long after each failed attempt, up to 60 times this.
   * @defaultValue 1000
   */
  readonly cooldown?: number | undefined;
}

/** Counts failures in a row and says whether it is worth asking. */
export class Breaker {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #cooldown: number;
  readonly #told: { readonly open: (failures: number, retryInMs: number) => void; readonly close: () => void };
  #failures = 0;
  #wait = 0;
  #openUntil = 0;

  /** Makes one that is closed. */
  constructor(
    clock: Clock,
    options: { readonly failures: number; readonly cooldown: number },
    told: { readonly open: (failures: number, retryInMs: number) => void; readonly close: () => void },
  ) {
    this.#clock = clock;
    this.#limit = options.failures;
    this.#cooldown = options.cooldown;
    this.#told = told;
  }

  /** Whether the tier is being left alone. */
  get open(): boolean {
    return this.#wait > 0;
  }

  /** Whether `allows` would say so; lets nothing through itself. */
  get ready(): boolean {
    return this.#wait === 0 || this.#isDue(this.#clock.now());
  }

  /** Whether to ask now. While open it lets one through per cooldown, to see whether the tier is back. */
  allows(): boolean {
    if (this.#wait === 0) return true;
    const now = this.#clock.now();
    if (!this.#isDue(now)) return false;
    this.#openUntil = now + this.#wait;
    return true;
  }

  /** An answer came. */
  succeeded(): void {
    this.#failures = 0;
    if (this.#wait === 0) return;
    this.#wait = 0;
    this.#told.close();
  }

  /** No answer came. */
  failed(): void {
    this.#failures++;
    if (this.#failures < this.#limit) return;
    this.#wait = this.#wait === 0 ? this.#cooldown : Math.min(this.#wait * 2, this.#cooldown * 60);
    this.#openUntil = this.#clock.now() + this.#wait;
    this.#told.open(this.#failures, this.#wait);
  }

  #isDue(now: number): boolean {
    // Further away than it was ever put: the clock was set back.
    return now >= this.#openUntil || this.#openUntil - now > this.#wait;
  }
}
