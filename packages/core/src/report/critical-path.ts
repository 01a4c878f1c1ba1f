import { sum } from './concurrency.ts';
import type { CriticalPath, TaskReport } from './run-report.ts';

/** What the critical path needs to know of a phase. */
export interface PathPhase {
  /** Its id. */
  readonly id: string;
  /** The phases it needs. */
  readonly needs: readonly string[];
  /** Those of them that it takes item by item. */
  readonly itemNeeds?: readonly string[] | undefined;
}

/**
 * The chain of tasks that decided how long a run took: from the task that ended last back to one that waited for nothing, each time to the
 * need that ended last.
 */
export function criticalPathOf(tasks: readonly TaskReport[], phases: readonly PathPhase[]): CriticalPath {
  const byPhase = groupByPhase(tasks);
  const phaseOf = new Map(phases.map((phase) => [phase.id, phase]));
  const path: TaskReport[] = [];
  let current = latest(tasks, Number.POSITIVE_INFINITY);
  while (current !== undefined) {
    path.push(current);
    const task: TaskReport = current;
    const phase = phaseOf.get(task.phase);
    const needed = (phase?.needs ?? []).flatMap((id) => {
      const all = byPhase.get(id) ?? [];
      return phase?.itemNeeds?.includes(id) === true
        ? all.filter((other) => related(itemOf(other), itemOf(task)))
        : all;
    });
    current = latest(needed, task.startMs);
  }
  path.reverse();
  const steps = path.map((task, index) => {
    const before = path[index - 1];
    const { startMs, endMs } = task;
    return { task: task.task, phase: task.phase, startMs, endMs, waitMs: Math.max(0, startMs - (before?.endMs ?? 0)) };
  });
  return {
    workMs: sum(steps.map(({ startMs, endMs }) => endMs - startMs)),
    waitMs: sum(steps.map(({ waitMs }) => waitMs)),
    tasks: steps,
  };
}

// Clocks have a resolution: a task may seem to begin a little before its need ended.
const toleranceMs = 1;

function latest(tasks: readonly TaskReport[], until: number): TaskReport | undefined {
  let found: TaskReport | undefined;
  for (const task of tasks) {
    if (task.endMs > until + toleranceMs || task.status === 'cancelled') continue;
    if (found === undefined || task.endMs > found.endMs) found = task;
  }
  return found;
}

/** The tasks of each phase. */
export function groupByPhase(tasks: readonly TaskReport[]): ReadonlyMap<string, readonly TaskReport[]> {
  const groups = new Map<string, TaskReport[]>();
  for (const task of tasks) {
    const members = groups.get(task.phase);
    if (members === undefined) groups.set(task.phase, [task]);
    else members.push(task);
  }
  return groups;
}

function itemOf({ task, phase }: TaskReport): string {
  return task.slice(phase.length + 1, -1);
}

function related(a: string, b: string): boolean {
  return a === b || a === '' || b === '' || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
