import type { TaskFunction, TaskHandle } from '@orc/scheduler';

import type { WorkRun } from './run-state.ts';

/** The slot that a task holds: it can run one thing on a worker thread. */
export interface ThreadSlot {
  /** Runs a task on a worker thread, inside the slot. */
  thread(
    task: TaskHandle,
    input: unknown,
    options: {
      readonly signal?: AbortSignal | undefined;
      readonly timeoutMs?: number | undefined;
      readonly onProgress?: ((value: unknown) => void) | undefined;
    },
  ): Promise<{ readonly value: unknown; readonly threadId?: number | undefined }>;
  /** Gives the slot back while something is waited for, and takes one again after it. */
  release?<T>(wait: () => Promise<T>): Promise<T>;
}

/** What one piece of thread work needs. */
export interface ThreadWork {
  readonly task: string;
  readonly phase: string;
  readonly attempt: number;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/** Runs a `cpu` phase on a worker thread; where threads can't start, on this one, which is said once. */
export async function runOnThread(
  run: WorkRun,
  slot: ThreadSlot,
  handle: TaskHandle,
  input: unknown,
  work: ThreadWork,
): Promise<{ readonly value: unknown; readonly threadId?: number | undefined }> {
  const { task, phase, signal, timeoutMs, attempt } = work;
  const onProgress = (value: unknown): void => {
    const { message, fraction } = (
      typeof value === 'object' && value !== null ? value : { message: String(value) }
    ) as { message?: string; fraction?: number };
    run.hub.emit({ type: 'task-progress', task, phase, message, fraction });
  };
  if (!run.degradations.has('threads')) {
    try {
      return await slot.thread(handle, input, { signal, timeoutMs, onProgress });
    } catch (error) {
      if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_SCHEDULER_THREADS_UNAVAILABLE') throw error;
      run.degradations.say('threads', 'Worker threads can not start here; cpu phases run on the main thread');
    }
  }
  const module = (await import(handle.module)) as Record<string, unknown>;
  const inline = module[handle.export] as TaskFunction<unknown>;
  return { value: await inline(structuredClone(input), { signal, attempt, progress: onProgress }) };
}
