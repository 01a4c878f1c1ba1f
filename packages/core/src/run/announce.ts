import type { PhaseSummary } from '../events.ts';
import { brokerProblemOf } from '../strategy/select-strategy.ts';
import type { Engine } from './engine.ts';
import type { RunState } from './run-state.ts';

/** Says that a run starts. */
export function announce(
  run: RunState,
  info: { readonly sessionId: string; readonly modelId: string },
  resumed: boolean,
): void {
  const { pipeline, phases } = run.compiled;
  run.hub.emit({
    type: 'run-start',
    sessionId: info.sessionId,
    pipeline: { id: pipeline.id, version: pipeline.version, digest: pipeline.digest },
    request: run.request.text,
    model: info.modelId,
    seed: run.request.seed,
    strategy: run.strategy,
    phases: phases.map(({ phase }): PhaseSummary => ({
      id: phase.id,
      title: phase.title,
      kind: phase.kind,
      needs: phase.needs,
      fanOut: phase.fanOut,
      cacheable: phase.definition.cache !== false,
    })),
    resumed,
    restored: run.session?.completed.size ?? 0,
  });
}

const sampleEveryMs = 250;

/** Says now and then how busy the machine is, and keeps the process alive meanwhile. Returns how to stop. */
export function sample(engine: Engine, run: RunState): () => void {
  const { clock } = engine.options;
  let timer: unknown;
  const again = (): void => {
    timer = clock.setTimeout(() => {
      const { running, runningThreads, queued, maxWorkers: workers } = engine.scheduler.stats();
      const { heapUsed, rss } = process.memoryUsage();
      run.hub.emit({ type: 'sample', running, runningThreads, queued, workers, heapBytes: heapUsed, rssBytes: rss });
      again();
    }, sampleEveryMs);
    // The one timer that keeps the process alive while a run goes on: what the run waits for, such as the next attempt, may not.
    (timer as { ref?(): void } | undefined)?.ref?.();
  };
  again();
  return () => clock.clearTimeout(timer);
}

/** Says that recorded results are taken over by their keys alone, and why. */
export function sayChanged(run: RunState, changed: readonly string[] = []): void {
  if (changed.length === 0) return;
  const [verb, names] = [changed.length === 1 ? 'has' : 'have', changed.join(', ')];
  run.degradations.say(
    'resume',
    `Since the session was recorded ${names} ${verb} changed: what is recorded is taken over where its key is still the same, and done again elsewhere`,
  );
}

/** Says what is known to be missing before the run has begun. */
export function sayKnownTrouble(engine: Engine, run: RunState): void {
  const problem = brokerProblemOf(run.strategy);
  if (engine.options.remote !== undefined && problem !== undefined)
    run.degradations.say('broker', `${engine.options.remote.name}: ${problem}; the run stays on this machine`);
  if (run.cache === undefined) return;
  for (const [what, message] of engine.cacheTrouble) run.degradations.say(what, message);
}
