/** Every code that a {@link SchedulerError} can carry. Callers branch on it; messages may change in a patch. */
export type SchedulerErrorCode =
  // The caller's mistake, told before anything runs.
  | 'ERR_SCHEDULER_OPTION'
  | 'ERR_SCHEDULER_TASK'
  | 'ERR_SCHEDULER_TASK_UNKNOWN'
  | 'ERR_SCHEDULER_GRAPH_NODE'
  | 'ERR_SCHEDULER_GRAPH_DUPLICATE'
  | 'ERR_SCHEDULER_GRAPH_UNKNOWN_NEED'
  | 'ERR_SCHEDULER_GRAPH_CYCLE'
  | 'ERR_SCHEDULER_GRAPH_STATE'
  | 'ERR_SCHEDULER_CLOSED'
  // A task on a thread.
  | 'ERR_SCHEDULER_THREADS_UNAVAILABLE'
  | 'ERR_SCHEDULER_TASK_MODULE'
  | 'ERR_SCHEDULER_TASK_EXPORT'
  | 'ERR_SCHEDULER_TASK_INPUT'
  | 'ERR_SCHEDULER_TASK_RESULT'
  | 'ERR_SCHEDULER_THREAD_EXIT'
  | 'ERR_SCHEDULER_THREAD_CRASH'
  | 'ERR_SCHEDULER_THREAD_MEMORY'
  // A task on another machine.
  | 'ERR_SCHEDULER_BROKER'
  | 'ERR_SCHEDULER_BROKER_LOST'
  | 'ERR_SCHEDULER_PAYLOAD'
  | 'ERR_SCHEDULER_REFUSED'
  | 'ERR_SCHEDULER_UNTRUSTED'
  | 'ERR_SCHEDULER_REMOTE';

const brand = Symbol.for('@orc/scheduler/error');

/** Every error that `@orc/scheduler` makes itself. An abort is never wrapped: it rejects with exactly `signal.reason`. */
export class SchedulerError extends Error {
  /** What went wrong, stable across versions. */
  readonly code: SchedulerErrorCode;

  /** Makes an error with a stable code. */
  constructor(code: SchedulerErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}

// On the prototype, so that two installed copies recognise each other's errors and neither shows in a dump.
Object.defineProperty(SchedulerError.prototype, 'name', {
  value: 'SchedulerError',
  configurable: true,
  writable: true,
});
Object.defineProperty(SchedulerError.prototype, brand, { value: true });

/** Tells whether a value is a {@link SchedulerError}, also one of another installed copy of this package. */
export function isSchedulerError(value: unknown): value is SchedulerError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
