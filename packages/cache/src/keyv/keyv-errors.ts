import type { KeyvLike } from './keyv-tier.ts';

/** One call of a Keyv instance, and what was said while it ran. */
interface Call {
  failure: { readonly error: unknown } | undefined;
}

/**
 * Hears what a Keyv instance says instead of throwing: it swallows what its store throws, answers as if nothing were there, and emits
 * `error`. An error belongs to every call that is under way, as nothing says to which.
 */
export class KeyvErrors {
  readonly #keyv: KeyvLike;
  readonly #calls = new Set<Call>();
  readonly #hear = (error: unknown): void => {
    for (const call of this.#calls) call.failure ??= { error };
  };

  /** Listens to an instance while one of its calls is under way, and only then. */
  constructor(keyv: KeyvLike) {
    this.#keyv = keyv;
  }

  /** Makes a call. Rejects with what was said meanwhile, unless `isAnswer` takes what it answered for an answer all the same. */
  async during<T>(run: () => Promise<T>, isAnswer: (value: T) => boolean): Promise<T> {
    const call: Call = { failure: undefined };
    // One listener for all calls: Keyv warns of many.
    if (this.#calls.size === 0) this.#keyv.on?.('error', this.#hear);
    this.#calls.add(call);
    try {
      const value = await run();
      if (call.failure !== undefined && !isAnswer(value)) throw call.failure.error;
      return value;
    } finally {
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#keyv.off?.('error', this.#hear);
    }
  }
}
