import type { TransferListItem } from 'node:worker_threads';

import type { TaskHandle } from './task.ts';

/** One piece of work for a {@link TaskRunner}. */
export interface TaskRequest {
  /** Names this piece of work. Deterministic: a remote runner gives the recorded result back for an id that it has finished. */
  readonly id: string;
  /** The task: a name that the runner knows, or a handle. */
  readonly task: string | TaskHandle;
  /** The task's input; plain data. */
  readonly input: unknown;
  /** 1 for the first attempt. @defaultValue 1 */
  readonly attempt?: number | undefined;
  /** Milliseconds from dispatch, waiting not counted, after which it is aborted with a `TimeoutError`. @defaultValue none */
  readonly timeoutMs?: number | undefined;
  /** Higher goes first. @defaultValue 0 */
  readonly priority?: number | undefined;
  /** Parts of the input that a thread takes over instead of copying. */
  readonly transfer?: readonly TransferListItem[] | undefined;
  /** Called with what the task sends through `context.progress`. */
  readonly onProgress?: ((value: unknown) => void) | undefined;
}

/** What a {@link TaskRunner} gives back. */
export interface TaskResult {
  /** What the task returned. */
  readonly value: unknown;
  /** The worker thread it ran on. */
  readonly threadId?: number | undefined;
  /** The machine or process it ran on. */
  readonly worker?: string | undefined;
}

/** Options of {@link TaskRunner.run}. */
export interface TaskRunOptions {
  /** Cancels the task; the promise rejects with exactly its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of everything that can be closed. */
export interface CloseOptions {
  /** Milliseconds to let running work end by itself before it is aborted. @defaultValue no limit */
  readonly timeoutMs?: number | undefined;
}

/** The seam between a graph and the place where its nodes run: this thread, a worker thread, another machine. */
export interface TaskRunner {
  /** Names the runner, for messages. */
  readonly name: string;
  /** Runs one task. Rejects with the task's own error, or with exactly `signal.reason`. */
  run(request: TaskRequest, options?: TaskRunOptions): Promise<TaskResult>;
  /** Refuses new work, lets the running work end, and lets go of what it holds. Idempotent; a second call with a time shortens the first. */
  close(options?: CloseOptions): Promise<void>;
}
