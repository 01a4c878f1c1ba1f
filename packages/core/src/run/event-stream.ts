import type { OrcEvent } from '../events.ts';
import { Fifo } from './fifo.ts';

const end: IteratorResult<OrcEvent> = { done: true, value: undefined };

/**
 * The events of a run for one consumer, who may be slower than the run, and may ask for several at once: requests are answered in the
 * order in which they were made.
 */
export class EventStream implements AsyncIterator<OrcEvent> {
  readonly #buffer = new Fifo<OrcEvent>();
  readonly #waiting = new Fifo<(result: IteratorResult<OrcEvent>) => void>();
  #ended = false;
  readonly #onReturn: () => void;

  /** Calls `onReturn` when the consumer leaves. */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  /** Adds an event. */
  push(event: OrcEvent): void {
    if (this.#ended) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#buffer.push(event);
    else next({ done: false, value: event });
  }

  /** Nothing more comes. What has come can still be taken. */
  end(): void {
    this.#ended = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next(end);
  }

  next(): Promise<IteratorResult<OrcEvent>> {
    const event = this.#buffer.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#ended) return Promise.resolve(end);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  return(): Promise<IteratorResult<OrcEvent>> {
    this.#onReturn();
    this.#buffer.clear();
    this.end();
    return Promise.resolve(end);
  }
}
