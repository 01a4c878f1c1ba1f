/** A mistake in how the benchmark was called, or a scenario that did not do its work. The message is for people; no stack is shown. */
export class BenchError extends Error {
  static {
    Object.defineProperty(BenchError.prototype, 'name', { value: 'BenchError', configurable: true, writable: true });
  }
}

/** Fails a scenario whose work was not really done. */
export function mustHold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new BenchError(`The scenario did not do its work: ${what}`);
}
