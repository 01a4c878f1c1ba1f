import type { Clock } from '../clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now = 0;
  #ids = 0;
  readonly #timers: Map<number, Timer> = new Map<number, Timer>();

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Sets a timer. */
  setTimeout(callback: () => void, milliseconds: number): number {
    this.#ids += 1;
    this.#timers.set(this.#ids, { at: this.#now + milliseconds, callback });
    return this.#ids;
  }

  /** Takes a timer back. */
  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  /** Goes on by this much; the timers that come due ring in their order, each at its own time. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let due = this.#due(end); due !== undefined; due = this.#due(end)) {
      const [id, timer] = due;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
    }
    this.#now = end;
  }

  #due(end: number): readonly [number, Timer] | undefined {
    let first: readonly [number, Timer] | undefined;
    for (const entry of this.#timers)
      if (entry[1].at <= end && (first === undefined || entry[1].at < first[1].at)) first = entry;
    return first;
  }
}
