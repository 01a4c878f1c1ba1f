import { defineGraph, runGraph, type NodeContext, type Scheduler } from '@orc/scheduler';

import { longestWait } from '../clock.ts';
import { closePhase, executeTask } from './execute-task.ts';
import { countItems, KnownItems } from './expand.ts';
import { GraphNodes } from './graph-nodes.ts';
import { makeItems } from './make-items.ts';
import type { PhaseStats } from './phase-stats.ts';
import type { RunState } from './run-state.ts';

/** The one node that a run begins with. It adds the others, because they name joins that come only with the items they wait for. */
const opening = ':start';
const opened = defineGraph({ nodes: [{ id: opening, lane: 'none' }] });

type Execute = (node: { readonly id: string }, context: NodeContext) => Promise<void> | undefined;

/** A function that can be let go of: the graph may be around for a while yet, and must not hold all that the run had. */
function detachable(execute: Execute): { readonly call: Execute; readonly release: () => void } {
  let inner: Execute | undefined = execute;
  return {
    call: (node, context) => inner?.(node, context),
    release: () => {
      inner = undefined;
    },
  };
}

/** How the graph of a run ended. */
export interface GraphEnd {
  /** How it ended. */
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  /** What failed first, when something did. */
  readonly failure?:
    | { readonly error: unknown; readonly phase: string; readonly task?: string | undefined }
    | undefined;
}

/**
 * Executes the phases of a run, each task as soon as its needs are met. Resolves when everything that was started has ended, or when the run
 * is to end without it. What is left to itself keeps its slot until it has ended.
 */
export async function runPipeline(run: RunState, scheduler: Scheduler, priority: number): Promise<GraphEnd> {
  const distributed = run.strategy.name === 'distributed';
  const graphNodes = new GraphNodes(run.compiled.phases, priority, distributed);
  const known = new KnownItems();
  let failure: GraphEnd['failure'];
  const execute: Execute = (node, context) => {
    if (node.id === opening) {
      context.add(graphNodes.initial());
      return undefined;
    }
    const work = graphNodes.work(node.id);
    if (work.type === 'join') return undefined;
    const { phase, path } = work;
    if (work.type === 'expand') {
      try {
        const items = makeItems(run, phase, path);
        context.add(graphNodes.grow(phase, path, items));
        countItems(run, phase, items, known);
      } catch (error) {
        (run.stats.get(phase) as PhaseStats).failed += 1;
        failure ??= { error, phase: phase.id };
        throw error;
      }
      return undefined;
    }
    const failed = (error: unknown): never => {
      if (!run.abort.aborted) failure ??= { error, phase: phase.id, task: node.id };
      throw error;
    };
    try {
      const ended = executeTask(run, phase, path, context);
      return ended instanceof Promise ? ended.catch(failed) : undefined;
    } catch (error) {
      return failed(error);
    }
  };
  const held = detachable(execute);
  const graph = runGraph(opened, {
    execute: held.call,
    scheduler,
    // A distributed run takes what slots there are: they come and go with the machines.
    ...(distributed ? {} : { concurrency: run.strategy.workers }),
    failureMode: 'no-new',
    // A run is cancelled when what it started has ended, and not before.
    gracePeriodMs: longestWait,
  });
  run.abort.onAbort((reason) => graph.cancel(reason));
  const ended = graph.result.then((result) => {
    held.release();
    return result;
  });
  const result = await Promise.race([ended, run.abort.leaving]);
  const status = result?.status ?? 'cancelled';
  if (result === undefined) endTasks(run);
  for (const stats of run.stats.values()) if (!stats.ended) closePhase(run, stats);
  return { status, failure };
}

/** Says of every task that is left to itself that it is cancelled: whatever it does from now on, nobody hears of it. */
function endTasks(run: RunState): void {
  const open = new Map<string, { readonly phase: string; readonly at: number }>();
  for (const event of run.hub.recorded()) {
    if (event.type === 'task-start') open.set(event.task, { phase: event.phase, at: event.elapsedMs });
    else if (event.type === 'task-end') open.delete(event.task);
  }
  for (const [task, { phase, at }] of open) {
    const durationMs = run.hub.elapsedMs - at;
    run.hub.emit({ type: 'task-end', task, phase, status: 'cancelled', source: 'executed', attempts: 1, durationMs });
    const stats = [run.compiled.byId.get(phase)].flatMap((of) => (of === undefined ? [] : (run.stats.get(of) ?? [])));
    for (const one of stats) one.cancelled += 1;
  }
}
