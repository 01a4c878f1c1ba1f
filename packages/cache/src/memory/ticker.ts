import type { Clock } from '../clock.ts';

/** A timer that ticks while there is a reason to, and does long work in slices between other people's turns. */
export class Ticker {
  readonly #clock: Clock;
  readonly #period: number;
  readonly #work: { readonly tick: () => void; readonly slice: () => void };
  #tick: unknown;
  #slice: unknown;
  #running = false;
  /** The timers that it was set with last, if those are the system's. */
  #timers: unknown;

  /** Makes a ticker that stands still. */
  constructor(clock: Clock, period: number, work: { readonly tick: () => void; readonly slice: () => void }) {
    this.#clock = clock;
    this.#period = period;
    this.#work = work;
  }

  /** Whether it ticks. */
  get running(): boolean {
    return this.#running;
  }

  /** Whether the timers that it was set with are still there. */
  get isCurrent(): boolean {
    return this.#timers === globalThis.setTimeout;
  }

  /** Ticks from now on. */
  start(): void {
    this.#running = true;
    this.#timers = globalThis.setTimeout;
    this.#tick = this.#clock.setTimeout(() => {
      this.start();
      this.#work.tick();
    }, this.#period);
  }

  /** Calls `slice` once, as soon as others have had their turn. */
  sliceSoon(): void {
    this.#slice = this.#clock.setTimeout(() => {
      this.#slice = undefined;
      this.#work.slice();
    }, 1);
  }

  /** Stops ticking and gives up a slice that is due. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#clock.clearTimeout(this.#tick);
    this.#tick = undefined;
    if (this.#slice !== undefined) this.#clock.clearTimeout(this.#slice);
    this.#slice = undefined;
  }
}
