import type { TaskReport } from './run-report.ts';

/** Sorts tasks by their start and gives each a row of its lane, so that no two tasks of a row overlap. */
export function withRows(tasks: readonly Omit<TaskReport, 'row'>[]): readonly TaskReport[] {
  const lanes = new Map<string, number[]>();
  return tasks
    .toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
    .map((task) => {
      let rows = lanes.get(task.lane);
      if (rows === undefined) lanes.set(task.lane, (rows = []));
      let row = rows.findIndex((until) => until <= task.startMs);
      if (row === -1) row = rows.length;
      rows[row] = task.endMs;
      return { ...task, row };
    });
}
