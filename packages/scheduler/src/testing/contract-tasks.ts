import type { TaskContext, TaskHandle } from '../task.ts';
import { defineTask } from '../task.ts';

/** Gives its input back. */
export function echo(input: unknown): unknown {
  return input;
}

/** Throws an error with everything that must survive the way back. */
export function fail(): never {
  throw Object.assign(new RangeError('too much', { cause: new TypeError('the cause') }), {
    code: 'E_CONTRACT',
    details: { depth: 2 },
  });
}

/** Waits for its signal, and says by its progress when it has begun. */
export function wait(_input: unknown, { signal, progress }: TaskContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
    progress('begun');
  });
}

/** Waits and never looks at its signal. */
export function ignore(_input: unknown, { progress }: TaskContext): Promise<never> {
  progress('begun');
  // The timer keeps a thread's loop alive: this is work that goes on, not a thread that has nothing left to do.
  return new Promise(() => void setTimeout(() => undefined, 60_000).unref());
}

/** Sends its steps, then their number. */
export function steps(count: number, { progress }: TaskContext): number {
  for (let step = 0; step < count; step += 1) progress({ step });
  return count;
}

/** The attempt it was told. */
export function attempt(_input: unknown, context: TaskContext): number {
  return context.attempt;
}

/** The tasks of the contract, by name, as a runner that knows tasks by name is to be given them. */
export const contractTasks: Readonly<Record<'echo' | 'fail' | 'wait' | 'ignore' | 'steps' | 'attempt', TaskHandle>> =
  Object.freeze({
    echo: define('echo'),
    fail: define('fail'),
    wait: define('wait'),
    ignore: define('ignore'),
    steps: define('steps'),
    attempt: define('attempt'),
  });

function define(name: string): TaskHandle {
  return defineTask({ module: import.meta.url, export: name });
}
