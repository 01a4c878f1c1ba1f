import type { WorkContext } from '../work.ts';

/** One call of a {@link ControllableTask}, which ends when the test says so. */
export interface ControllableCall<O> {
  /** Aborted when the caller cancels. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Lets the call return. */
  resolve(value: O): void;
  /** Lets the call throw. */
  reject(error: unknown): void;
}

/** Work that starts and ends when the test says so: no sleeping in tests of concurrency. */
export interface ControllableTask<O> {
  /** The work, to be submitted. */
  readonly work: (context: Pick<WorkContext, 'signal' | 'attempt'>) => Promise<O>;
  /** Every call so far. */
  readonly calls: readonly ControllableCall<O>[];
  /** Resolves with the next call that has not been asked for yet, as soon as it has started. */
  next(): Promise<ControllableCall<O>>;
}

/**
 * Makes a {@link ControllableTask}.
 *
 * @example
 * ```ts
 * const task = controllableTask<string>();
 * const result = scheduler.submit(task.work);
 * (await task.next()).resolve('done');
 * ```
 */
export function controllableTask<O = void>(): ControllableTask<O> {
  const calls: ControllableCall<O>[] = [];
  const waiting: ((call: ControllableCall<O>) => void)[] = [];
  let asked = 0;
  return {
    calls,
    work: ({ signal, attempt }) =>
      new Promise<O>((resolve, reject) => {
        const call = { signal, attempt, resolve, reject };
        calls.push(call);
        waiting.shift()?.(call);
      }),
    next: () => {
      const call = calls[asked];
      asked += 1;
      return call === undefined ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(call);
    },
  };
}
