import type { Clock } from '../../src/clock.ts';
import type { ModelEvent } from '../../src/ai/index.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }
}

/** Lets every wait between attempts pass at once, and keeps what was told. */
export function hurry(clock: ManualClock): {
  readonly events: ModelEvent[];
  readonly onEvent: (event: ModelEvent) => void;
} {
  const events: ModelEvent[] = [];
  return {
    events,
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'model-retry') setImmediate(() => clock.advance(event.delayMs));
    },
  };
}
