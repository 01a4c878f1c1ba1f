/** Hands text from a writer to one reader, in order. Text that nobody reads yet is kept. */
export class TextChannel implements AsyncIterable<string> {
  readonly #leave: () => void;
  #chunks: string[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** Makes a channel; `leave` is called when the reader goes before the end. */
  constructor(leave: () => void) {
    this.#leave = leave;
  }

  /** Adds text. */
  push(text: string): void {
    if (this.#ended || text === '') return;
    this.#chunks.push(text);
    this.#wake?.();
  }

  /** Ends it: the reader gets what is left, then the end. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Ends it with an error, which the reader gets after what is left. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  /** Reads it. */
  async *[Symbol.asyncIterator](): AsyncIterator<string> {
    try {
      for (;;) {
        const chunks = this.#chunks;
        this.#chunks = [];
        yield* chunks;
        if (this.#chunks.length > 0) continue;
        if (this.#failure !== undefined) throw this.#failure.error;
        if (this.#ended) return;
        // oxlint-disable-next-line promise/avoid-new -- the writer wakes the reader
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    } finally {
      if (!this.#ended) this.#leave();
    }
  }
}
