import { callBack, ignore } from '../maybe-promise.ts';
import type { RemoveReason } from './options.ts';

/** Calls what the user has handed in. Whatever it throws or rejects with, the cache goes on. */
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
    if (this.#onRemove !== undefined) this.#tell(key, value, reason);
  }

  /** Something failed that no caller waits for. */
  report(error: unknown, key: K): void {
    // There is nobody left to tell what that throws.
    if (this.#onError !== undefined) callBack(() => this.#onError?.(error, key), ignore);
  }

  /** By itself, so that nobody pays for its closures who has nothing to be told. */
  #tell(key: K, value: V, reason: RemoveReason): void {
    callBack(
      () => this.#onRemove?.(key, value, reason),
      (error) => this.report(error, key),
    );
  }
}
