/** Tells whether a value has to be waited for. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Does nothing; what a promise that nobody may be waiting for is given. */
export function ignore(): void {
  // On purpose.
}
