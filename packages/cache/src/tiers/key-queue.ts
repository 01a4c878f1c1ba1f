import { isPromise } from '../maybe-promise.ts';

/** Keeps the changes of a key in order: each begins when the one before it has ended; keys do not wait for one another. */
export class KeyQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** The last change of a key that is still under way. */
  pending(key: string): Promise<unknown> | undefined {
    return this.#tails.get(key);
  }

  /** Runs a change after those of the key that came before it; at once if there are none. It must not reject. */
  run<T>(key: string, change: () => T | Promise<T>): T | Promise<T> {
    const before = this.#tails.get(key);
    const result = before === undefined ? change() : before.then(change);
    if (!isPromise(result)) return result;
    this.#tails.set(key, result);
    void result.then(() => {
      if (this.#tails.get(key) === result) this.#tails.delete(key);
    });
    return result;
  }

  /** Waits for what is under way now. */
  async settled(): Promise<void> {
    await Promise.all(this.#tails.values());
  }

  /** Waits until nothing is under way. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}
