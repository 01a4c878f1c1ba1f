import type { Pipeline } from '@orc/core';

import type { SimulatedTask } from './simulator.ts';

/** A task as a report tells it. */
export interface ReportedTask {
  readonly task: string;
  readonly phase: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly source: string;
}

const itemOf = (task: string): string =>
  task.endsWith(']') && task.includes('[') ? task.slice(task.indexOf('[') + 1, -1) : '';
const under = (item: string, ancestor: string): boolean =>
  item === ancestor || ancestor === '' || item.startsWith(`${ancestor}/`);

/** The graph that a run really had: each task with what it waited for, by the edges of its phase, and how long it took. */
export function taskGraph(pipeline: Pipeline, tasks: readonly ReportedTask[]): SimulatedTask[] {
  const byPhase = new Map<string, ReportedTask[]>();
  for (const task of tasks) byPhase.set(task.phase, [...(byPhase.get(task.phase) ?? []), task]);
  const phases = new Map(pipeline.phases.map((phase) => [phase.id, phase]));
  return tasks.map((task) => {
    const { needs, forEach } = phases.get(task.phase)?.definition ?? { needs: [] };
    const item = itemOf(task.task);
    const wanted = new Set<string>();
    const add = (phase: string, wise: 'all' | 'each' | 'within'): void => {
      for (const other of byPhase.get(phase) ?? []) {
        const at = itemOf(other.task);
        if (wise === 'all' || (wise === 'each' ? under(item, at) : under(at, item))) wanted.add(other.task);
      }
    };
    for (const need of needs) add(need.phase.id, need.wise);
    if (forEach?.over === 'phase') add(forEach.phase.id, 'each');
    return { id: task.task, needs: [...wanted], durationMs: task.endMs - task.startMs };
  });
}
