import type { TransferListItem } from 'node:worker_threads';

import type { RetryPolicy } from './retry.ts';
import type { TaskHandle } from './task.ts';

/** Where a task runs: `io` and `compute` on the event loop, `cpu` on a worker thread. */
export type Lane = 'io' | 'cpu' | 'compute';

/** What a function that was submitted gets. */
export interface WorkContext {
  /** Aborted when the caller's signal is, when the time is up, or when the scheduler closes. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /**
   * Submits more work from inside this one: `scheduler.submit` for schedulers with `detectNesting: false`. Whoever waits for the promise
   * never waits for the slot that this work holds: from the `await` on (or `then` with a function for the value), with no other slot free,
   * one child at a time runs on it. Until then the child stands in line like any other.
   */
  readonly submit: <O, I = never>(work: Work<O, I>, options?: SubmitOptions) => Promise<O>;
  /**
   * Gives the slot back while `wait` goes on, for something that needs none (a lock, another process, work that somebody else
   * submits), and takes one again after it.
   */
  readonly release: <T>(wait: () => Promise<T>) => Promise<T>;
}

/** A function that runs on the event loop. */
export type WorkFunction<O = unknown> = (context: WorkContext) => O | Promise<O>;

/** A task that runs on a worker thread. */
export interface ThreadWork<I = unknown, O = unknown> {
  /** The function. */
  readonly task: TaskHandle<I, O>;
  /** Its input; plain data. */
  readonly input: I;
  /** Parts of the input that are moved instead of copied. */
  readonly transfer?: readonly TransferListItem[] | undefined;
  /** Gets what the task sends through `context.progress`. What it throws, or rejects with, fails the task. */
  readonly onProgress?: ((value: unknown) => void) | undefined;
  /** Called with the number of the thread that it ran on, before the promise resolves. */
  readonly onThread?: ((threadId: number) => void) | undefined;
  /** What the task sees as `attempt` the first time. @defaultValue 1 */
  readonly firstAttempt?: number | undefined;
}

/** What can be submitted. */
export type Work<O = unknown, I = never> = WorkFunction<O> | ThreadWork<I, O>;

/** Options of `submit` and `trySubmit`. */
export interface SubmitOptions {
  /** @defaultValue `'io'` for a function, `'cpu'` for a task */
  readonly lane?: Lane | undefined;
  /** Higher goes first; equals in order of arrival. @defaultValue 0 */
  readonly priority?: number | undefined;
  /** Cancels it, waiting or running; the promise rejects with exactly `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for each attempt, from its start; then it is aborted with a `TimeoutError`. @defaultValue none */
  readonly timeoutMs?: number | undefined;
  /** @defaultValue no second attempt */
  readonly retry?: RetryPolicy | undefined;
}
