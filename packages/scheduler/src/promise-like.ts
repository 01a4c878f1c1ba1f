/** Whether an answer comes later. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** Hears of a rejection of what a callback has returned, if that comes later: one that nobody hears of ends the process. */
export function whenRejected(result: unknown, hear: (error: unknown) => void): void {
  if (isPromiseLike(result)) Promise.resolve(result).then(undefined, hear);
}
