/** Tells whether a value has to be waited for. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Calls back what somebody has handed in; what it throws, or its promise rejects with, goes to `failed`: nothing of it ends the process. */
export function callBack(run: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = run();
    if (isPromise(result)) Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** Does nothing; what a promise that nobody may be waiting for is given. */
export function ignore(): void {
  // On purpose.
}
