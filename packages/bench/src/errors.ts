/** A mistake in how the benchmark was called. The message is for people; no stack is shown. */
export class BenchError extends Error {
  static {
    Object.defineProperty(BenchError.prototype, 'name', { value: 'BenchError', configurable: true, writable: true });
  }
}

/** A scenario that did not do its work: its figures would be of something else. */
export class ScenarioError extends BenchError {
  static {
    Object.defineProperty(ScenarioError.prototype, 'name', {
      value: 'ScenarioError',
      configurable: true,
      writable: true,
    });
  }
}

/** Fails a scenario whose work was not really done. */
export function mustHold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ScenarioError(`The scenario did not do its work: ${what}`);
}
