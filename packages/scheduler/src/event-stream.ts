/** Hands events to any number of iterators, each from the moment on that it was asked for. Nothing is kept for nobody. */
export class EventStream<E> {
  readonly #readers: Set<Reader<E>> = new Set<Reader<E>>();
  #ended = false;

  /** Whether anybody reads. */
  get watched(): boolean {
    return this.#readers.size > 0;
  }

  /** Sends an event. */
  push(event: E): void {
    for (const reader of this.#readers) reader.push(event);
  }

  /** Ends every iterator after what it has not read yet. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  /** A new iterator. */
  iterate(): AsyncIterableIterator<E> {
    const reader = new Reader<E>(() => void this.#readers.delete(reader));
    if (this.#ended) reader.end();
    else this.#readers.add(reader);
    return reader;
  }
}

class Reader<E> implements AsyncIterableIterator<E> {
  readonly #leave: () => void;
  #events: E[] = [];
  #next = 0;
  #waiting: ((result: IteratorResult<E>) => void)[] = [];
  #ended = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(event: E): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#events.push(event);
    else waiting({ done: false, value: event });
  }

  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<E>> {
    if (this.#next < this.#events.length) {
      const value = this.#events[this.#next] as E;
      this.#next += 1;
      if (this.#next === this.#events.length) {
        this.#events = [];
        this.#next = 0;
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<E>> {
    this.#leave();
    this.#events = [];
    this.#next = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }
}
