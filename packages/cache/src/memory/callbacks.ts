import type { RemoveReason } from './options.ts';

/** Calls what the user has handed in. Whatever it throws, the cache goes on. */
export class Callbacks<K, V> {
  readonly #onRemove: ((key: K, value: V, reason: RemoveReason) => void) | undefined;
  readonly #onError: ((error: unknown, key: K) => void) | undefined;

  /** Takes what is to be called, if anything. */
  constructor(options: {
    readonly onRemove: ((key: K, value: V, reason: RemoveReason) => void) | undefined;
    readonly onError: ((error: unknown, key: K) => void) | undefined;
  }) {
    this.#onRemove = options.onRemove;
    this.#onError = options.onError;
  }

  /** An entry has left. */
  tell(key: K, value: V, reason: RemoveReason): void {
    if (this.#onRemove === undefined) return;
    try {
      this.#onRemove(key, value, reason);
    } catch (error) {
      this.report(error, key);
    }
  }

  /** Something failed that no caller waits for. */
  report(error: unknown, key: K): void {
    try {
      this.#onError?.(error, key);
    } catch {
      // There is nobody left to tell.
    }
  }
}
