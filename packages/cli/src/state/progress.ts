import type { PhaseState } from './phase-state.ts';
import type { RunState } from './run-state.ts';

/** A phase that has not expanded yet counts as this many tasks. */
const unexpandedTasks = 6;
/** A call of a model takes longer than anything done here. */
const weights: Readonly<Record<PhaseState['kind'], number>> = { llm: 10, io: 3, cpu: 2, compute: 1 };

/** How far a run is, 0 to 1: ended tasks over known ones, weighted by kind. */
export function progressOf(state: RunState): number {
  if (state.status === 'succeeded') return 1;
  let done = 0;
  let all = 0;
  for (const phase of state.phases) {
    const weight = weights[phase.kind];
    if (isEnded(phase)) {
      const tasks = Math.max(phase.tasks, 1);
      done += weight * tasks;
      all += weight * tasks;
      continue;
    }
    const known = phase.fanOut && !phase.tasksFinal ? Math.max(phase.tasks, unexpandedTasks) : Math.max(phase.tasks, 1);
    const partly = phase.fanOut ? 0 : (phase.fraction ?? 0);
    done += weight * Math.min(known, phase.done + partly);
    all += weight * known;
  }
  return all === 0 ? 0 : Math.min(done / all, 0.999);
}

/** Milliseconds that a run will probably still take; `undefined` while that can't be told. */
export function remainingMs(state: RunState, elapsedMs: number, progress: number = state.progress): number | undefined {
  if (state.status !== 'running' || elapsedMs < 2000 || progress < 0.08) return undefined;
  return (elapsedMs / progress) * (1 - progress);
}

/** Whether a phase has ended. */
export function isEnded(phase: PhaseState): boolean {
  return phase.status !== 'waiting' && phase.status !== 'running';
}

/** The share of cacheable tasks that came from the cache; `undefined` before the first one was looked for. */
export function hitRatio(state: { readonly hits: number; readonly misses: number }): number | undefined {
  const all = state.hits + state.misses;
  return all === 0 ? undefined : state.hits / all;
}

/** The share of its time in which a worker had something to do, on average; `undefined` before anything ran. */
export function utilisation(state: RunState): number | undefined {
  const all = state.elapsedMs * (state.strategy?.workers ?? 0);
  return all === 0 ? undefined : Math.min(1, state.busyMs / all);
}
