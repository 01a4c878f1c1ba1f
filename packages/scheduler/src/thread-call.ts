import type { TransferListItem } from 'node:worker_threads';

import type { TaskHandle } from './task.ts';

/** One call of a task on a thread. */
export interface ThreadCall {
  /** The function. */
  readonly task: TaskHandle;
  /** Its input. */
  readonly input: unknown;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** What is moved instead of copied, on top of the handle's own choice. */
  readonly transfer?: readonly TransferListItem[] | undefined;
  /** Milliseconds from dispatch. */
  readonly timeoutMs?: number | undefined;
  /** Gets the task's progress. */
  readonly onProgress?: ((value: unknown) => void) | undefined;
}

/** What came back, and from which thread. */
export interface ThreadResult<O = unknown> {
  /** What the task returned. */
  readonly value: O;
  /** The worker thread's number. */
  readonly threadId: number;
}

/** What happens to the threads, for those who watch. */
export type ThreadEvent =
  | {
      /** A thread is ready. */
      readonly type: 'thread-start';
      /** Its number. */
      readonly threadId: number;
      /** Milliseconds that it took to start. */
      readonly durationMs: number;
    }
  | {
      /** A thread has ended. */
      readonly type: 'thread-end';
      /** Its number. */
      readonly threadId: number;
      /** `closed` by us, `killed` after the grace period, `failed` by itself. */
      readonly reason: 'closed' | 'killed' | 'failed';
      /** What ended it, when it failed: also an exception that no task was left to receive. */
      readonly error?: unknown;
    };
