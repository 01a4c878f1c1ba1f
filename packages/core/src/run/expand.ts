import type { CompiledPhase } from './compiled.ts';
import { endPhase, startPhase } from './execute-task.ts';
import type { Item } from './items.ts';
import type { PhaseStats } from './phase-stats.ts';
import type { RunState } from './run-state.ts';
import type { TaskStore } from './task-store.ts';

/** Counts the tasks that new items bring, and tells whether there can be more. */
export function countItems(run: RunState, maker: CompiledPhase, items: readonly Item[], known: KnownItems): void {
  known.made(maker);
  const finals = known.finals(maker, run.store);
  for (const phase of maker.sameItems) {
    const stats = run.stats.get(phase) as PhaseStats;
    stats.tasks += items.length;
    stats.final = finals.has(maker);
    counted(run, stats);
  }
  // An outer level that will not grow any more may make an inner one final that has made all its items already: one without any.
  for (const inner of finals) {
    if (inner === maker) continue;
    for (const phase of inner.sameItems) {
      const stats = run.stats.get(phase) as PhaseStats;
      stats.final = true;
      counted(run, stats);
    }
  }
}

// A phase starts with its first task, which may be long after its items are known. One that has none starts and ends here.
function counted(run: RunState, stats: PhaseStats): void {
  if (stats.final && stats.tasks === 0) startPhase(run, stats, run.clock.now());
  run.hub.emit({ type: 'phase-expand', phase: stats.phase.id, tasks: stats.tasks, final: stats.final });
  endPhase(run, stats);
}

/** Knows of which phases all items are known. */
export class KnownItems {
  readonly #made = new Map<CompiledPhase, number>();
  readonly #final = new Set<CompiledPhase>();

  /** Notes that a phase has made items under one more path. */
  made(maker: CompiledPhase): void {
    this.#made.set(maker, (this.#made.get(maker) ?? 0) + 1);
  }

  /** The phases whose items are all known now that this one has made some: itself, and those that wait for nothing else. */
  finals(maker: CompiledPhase, store: TaskStore): ReadonlySet<CompiledPhase> {
    const found = new Set<CompiledPhase>();
    const visit = (phase: CompiledPhase): void => {
      if (this.#final.has(phase) || !this.#isFinal(phase, store)) return;
      this.#final.add(phase);
      found.add(phase);
      for (const next of phase.makers) visit(next);
    };
    visit(maker);
    return found;
  }

  #isFinal(phase: CompiledPhase, store: TaskStore): boolean {
    const outer = phase.space.at(-2);
    const made = this.#made.get(phase) ?? 0;
    if (outer === undefined) return made === 1;
    return this.#final.has(outer) && made === store.paths(outer)?.length;
  }
}
