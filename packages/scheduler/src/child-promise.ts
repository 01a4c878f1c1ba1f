/** Something that hears that it is waited for. */
export interface Awaitable {
  /** Somebody waits for it. */
  waitedFor(): void;
}

/**
 * The promise of work inside work. It tells the work when somebody waits for it: `await`, `return` in an async function, `Promise.all` and
 * its like all call `then` of a promise that is not a plain one.
 */
export class ChildPromise<T> extends Promise<T> {
  /** What settles it. Not `#child`: on a promise a private field costs a quarter of the whole submit. */
  child: Awaitable | undefined;

  /** What comes of it is plain, and as fast as any other promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  override then<F = T, R = never>(
    onFulfilled?: ((value: T) => F | PromiseLike<F>) | null,
    onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null,
  ): Promise<F | R> {
    // Who only looks after the error, by `catch`, does not wait yet: `void submit(…).catch(report)` is how one does not wait.
    if (typeof onFulfilled !== 'function') return this.#after(super.then(onFulfilled, onRejected));
    this.child?.waitedFor();
    return super.then(onFulfilled, onRejected);
  }

  override finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#after(super.then(undefined).finally(onFinally));
  }

  /** The same for what comes of it without a wait. */
  #after<V>(plain: Promise<V>): Promise<V> {
    return promiseOf<V>(this.child, (resolve) => resolve(plain));
  }
}

/** A promise that tells `child` when somebody waits for it; a plain one without a child. */
export function promiseOf<T>(
  child: Awaitable | undefined,
  executor: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason: unknown) => void) => void,
): Promise<T> {
  if (child === undefined) return new Promise<T>(executor);
  const promise = new ChildPromise<T>(executor);
  promise.child = child;
  return promise;
}
