import type { Clock } from '../clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;
  #order = 0;

  /** Begins at a time, in ms since 1970; by default at some round one. */
  constructor(now: number = 1_700_000_000_000) {
    this.#now = now;
  }

  /** The time that it was set to. */
  now(): number {
    return this.#now;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Calls `callback` when the clock has gone on by `milliseconds`. */
  setTimeout(callback: () => void, milliseconds: number): unknown {
    const timer: Timer = { at: this.#now + Math.max(0, milliseconds), order: this.#order++, callback };
    this.#timers.add(timer);
    return timer;
  }

  /** Takes a call back. */
  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  /** Goes on by some ms and calls what is due on the way, in its order and at its time. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Jumps, as a machine that slept does: what was due meanwhile is called once, late, at the new time. */
  advanceAtOnce(milliseconds: number): void {
    this.#now += milliseconds;
    const due = [...this.#timers].filter((timer) => timer.at <= this.#now);
    due.sort((one, other) => one.at - other.at || one.order - other.order);
    for (const timer of due) if (this.#timers.delete(timer)) timer.callback();
  }

  /** Goes on as `advance` does, for code that works between timers: lets promises settle after each call. */
  async advanceAsync(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await turn();
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await turn();
    }
    this.#now = end;
  }

  #due(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
