import type { ConcurrencyReport, TaskReport } from './run-report.ts';

const steps = 100;

/** How many executed tasks ran at once. */
export function concurrencyOf(
  tasks: readonly TaskReport[],
  workers: number,
  durationMs: number,
  seen: { readonly threads: number; readonly queued: number },
): ConcurrencyReport {
  const executed = tasks.filter(isExecuted);
  const workMs = sum(executed.map(lengthOf));
  const average = durationMs > 0 ? workMs / durationMs : 0;
  return {
    workers,
    average,
    peak: peakOf(executed),
    peakThreads: seen.threads,
    peakQueued: seen.queued,
    utilisation: workers > 0 ? Math.min(1, average / workers) : 0,
    timeline: timelineOf(executed, workers, durationMs),
  };
}

/** The time in which at least one of the executed tasks ran. */
export function busyMs(tasks: readonly TaskReport[]): number {
  let busy = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const task of tasks.filter(isExecuted).toSorted((a, b) => a.startMs - b.startMs)) {
    if (task.endMs <= until) continue;
    busy += task.endMs - Math.max(task.startMs, until);
    until = task.endMs;
  }
  return busy;
}

/** Whether a task's work was done in this run. */
export function isExecuted(task: Pick<TaskReport, 'source' | 'status'>): boolean {
  return (task.source === 'executed' || task.source === 'speculation') && task.status !== 'skipped';
}

/** How long a task took. */
export function lengthOf(task: TaskReport): number {
  return task.endMs - task.startMs;
}

/** The sum of numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function peakOf(tasks: readonly TaskReport[]): number {
  const changes = tasks.flatMap((task) =>
    lengthOf(task) > 0 ? [[task.startMs, 1] as const, [task.endMs, -1] as const] : [],
  );
  // An end before a start at the same moment: the slot was handed on.
  changes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let running = 0;
  let peak = tasks.length > 0 ? 1 : 0;
  for (const [, change] of changes) {
    running += change;
    peak = Math.max(peak, running);
  }
  return peak;
}

function timelineOf(tasks: readonly TaskReport[], workers: number, durationMs: number): ConcurrencyReport['timeline'] {
  if (durationMs <= 0) return [];
  const count = Math.max(1, Math.min(steps, Math.ceil(durationMs)));
  const width = durationMs / count;
  const work = Array.from<number>({ length: count }).fill(0);
  for (const { startMs, endMs } of tasks) {
    for (let step = Math.max(0, Math.floor(startMs / width)); step < count && step * width < endMs; step += 1) {
      const part = Math.min(endMs, (step + 1) * width) - Math.max(startMs, step * width);
      work[step] = (work[step] ?? 0) + Math.max(0, part);
    }
  }
  return work.map((ms, step) => {
    const running = ms / width;
    return { atMs: step * width, running, utilisation: workers > 0 ? Math.min(1, running / workers) : 0 };
  });
}
