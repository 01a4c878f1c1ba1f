/** Something that a worker of a queue noticed. */
export type ServeEvent =
  /** A task begins. */
  | { readonly type: 'task-start'; readonly id: string; readonly task: string; readonly attempt: number }
  /** A task has ended; `returned` went back to the queue, because the worker closes. */
  | {
      readonly type: 'task-end';
      readonly id: string;
      readonly task: string;
      readonly status: 'fulfilled' | 'failed' | 'returned';
      readonly error?: unknown;
    }
  /** A task that this worker does not know was left to the others. */
  | { readonly type: 'task-unknown'; readonly id: string; readonly task: string }
  /** A job goes back to the queue: `refuses` does not take its task for now, or the task itself gave it back. */
  | { readonly type: 'task-returned'; readonly id: string; readonly task: string; readonly reason: string }
  /** A job that must not run: it is not signed with this worker's secret, is too old, or is no job at all. Its coordinator hears of it. */
  | { readonly type: 'task-refused'; readonly id: string; readonly task: string; readonly reason: string }
  /** A coordinator's tasks wait, and this worker can't take them: `signs` tells whether it has a secret, which then is another one. */
  | { readonly type: 'coordinator-unusable'; readonly queue: string; readonly signs: boolean }
  /** This worker has found a task whose worker is gone, and put it back into the queue. */
  | { readonly type: 'task-stalled'; readonly jobId: string }
  /** This worker could not renew its hold in time; its run of the task is aborted. */
  | { readonly type: 'hold-lost'; readonly jobId: string }
  /** The connection has trouble; it is taken up again by itself. */
  | { readonly type: 'broker-error'; readonly error: unknown };
