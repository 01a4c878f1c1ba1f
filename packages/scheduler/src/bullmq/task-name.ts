import { SchedulerError } from '../errors.ts';
import { expected } from '../expected.ts';
import { isTaskHandle } from '../task.ts';
import type { TaskHandle } from '../task.ts';

/** The name by which workers know a task: a handle's module has an address on this machine only. */
export function nameOfTask(task: string | TaskHandle, named: Readonly<Record<string, TaskHandle>> | undefined): string {
  if (typeof task === 'string') {
    if (task === '') throw expected('task', 'a name or a task handle', task, 'ERR_SCHEDULER_TASK');
    return task;
  }
  if (!isTaskHandle(task)) throw expected('task', 'a name or a task handle', task, 'ERR_SCHEDULER_TASK');
  for (const [name, handle] of Object.entries(named ?? {})) {
    if (handle.module === task.module && handle.export === task.export) return name;
  }
  throw new SchedulerError(
    'ERR_SCHEDULER_TASK_UNKNOWN',
    `Expected \`tasks\` to name the handle of ${task.export} in ${task.module}, so that workers know which task it is`,
  );
}
