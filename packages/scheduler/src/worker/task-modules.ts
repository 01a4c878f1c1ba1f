import { SchedulerError } from '../errors.ts';
import type { TaskFunction } from '../task.ts';
import type { CallMessage } from './messages.ts';

/** A task as the thread knows it; the function is missing until its module has been loaded. */
export interface KnownTask {
  /** Its module. */
  readonly module: string;
  /** Its export. */
  readonly export: string;
  /** The function. */
  run: TaskFunction<unknown> | undefined;
}

const tasks = new Map<number, KnownTask>();

/** The task that a call names: by its number, which the first call of it introduces. */
export function taskOf(message: CallMessage): KnownTask {
  const known = tasks.get(message[1]);
  if (known !== undefined) return known;
  const task: KnownTask = { module: message[5] as string, export: message[6] as string, run: undefined };
  tasks.set(message[1], task);
  return task;
}

/** Loads a task's function. */
export async function load(task: KnownTask): Promise<TaskFunction<unknown>> {
  const loaded = await importModule(task.module);
  const run = loaded[task.export];
  if (typeof run !== 'function') {
    const names = Object.keys(loaded).map((name) => `\`${name}\``);
    throw new SchedulerError(
      'ERR_SCHEDULER_TASK_EXPORT',
      `Expected ${task.module} to export a function \`${task.export}\`, it exports ${names.join(', ') || 'nothing'}`,
    );
  }
  task.run = run as TaskFunction<unknown>;
  return task.run;
}

async function importModule(href: string): Promise<Record<string, unknown>> {
  try {
    return (await import(href)) as Record<string, unknown>;
  } catch (cause) {
    const typescript = (cause as { code?: unknown } | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION';
    const reason = typescript
      ? `this Node.js (${process.version}) cannot load TypeScript on a thread; point \`module\` at the built .js file`
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new SchedulerError('ERR_SCHEDULER_TASK_MODULE', `Could not load the task's module ${href}: ${reason}`, {
      cause,
    });
  }
}
