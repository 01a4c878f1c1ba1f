import { SchedulerError } from './errors.ts';
import type { TaskHandle } from './task.ts';

/** A thread that ended by itself while tinypool still counted on it. */
export function exitError(code: number): SchedulerError {
  return new SchedulerError(
    'ERR_SCHEDULER_THREAD_EXIT',
    `The thread exited with code ${String(code)} (\`process.exit\` in a task?)`,
  );
}

/** Says what happened to a call that did not come back as a reply. */
export function failureOf(error: unknown, task: TaskHandle): unknown {
  if (error instanceof SchedulerError) return error;
  const where = `\`${task.export}\` of ${task.module}`;
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  if (name === 'DataCloneError') {
    return new SchedulerError(
      'ERR_SCHEDULER_TASK_INPUT',
      `Expected the input of ${where} to be plain data that can be cloned: ${String(message)}`,
      { cause: error },
    );
  }
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new SchedulerError('ERR_SCHEDULER_THREAD_MEMORY', `The thread ran out of memory while it ran ${where}`, {
      cause: error,
    });
  }
  return new SchedulerError(
    'ERR_SCHEDULER_THREAD_CRASH',
    `The thread ended by an uncaught error while it ran ${where}: ${String(message ?? error)}`,
    { cause: error },
  );
}

/** Data that was sent, and that the other side could not rebuild. */
export function unreadableError(what: 'TASK_INPUT' | 'TASK_RESULT', task: TaskHandle, message: string): SchedulerError {
  const which = what === 'TASK_INPUT' ? 'input' : 'result';
  return new SchedulerError(
    `ERR_SCHEDULER_${what}`,
    `Expected the ${which} of \`${task.export}\` of ${task.module} to be plain data, the other side could not read it: ${message}`,
  );
}
