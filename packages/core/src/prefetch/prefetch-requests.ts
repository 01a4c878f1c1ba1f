import { OrcError, errorInfo, shown } from '../errors.ts';
import type { ErrorInfo, OrcEvent } from '../events.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { checkGroup, checkScope } from '../run/check-options.ts';
import type { Engine } from '../run/engine.ts';
import type { RunResult } from '../run/run-result.ts';
import type { Run } from '../run/run.ts';
import { startRun } from '../run/start-run.ts';

/** Options of `prefetch`. */
export interface PrefetchOptions {
  /** Ends it; what is done stays in the cache. */
  readonly signal?: AbortSignal | undefined;
  /** US dollars that all requests together may spend; 0 = no limit. @defaultValue the orchestrator's `limits.budgetUsd` */
  readonly budgetUsd?: number | undefined;
  /** Whose results they are to be. @defaultValue none: everybody's */
  readonly scope?: string | undefined;
  /** Gets the events of every run. */
  readonly onEvent?: ((event: OrcEvent) => void) | undefined;
}

/** What running ahead gave. */
export interface PrefetchSummary {
  /** Requests that are wholly in the cache now. */
  readonly ready: number;
  /** Requests that failed, were cancelled or did not fit the budget, with the reason. */
  readonly missed: readonly { readonly request: PipelineRequest; readonly error: ErrorInfo }[];
  /** Results that were made. */
  readonly made: number;
  /** Results that were there already. */
  readonly found: number;
  /** US dollars that were spent; `null` where a price is not known. */
  readonly costUsd: number | null;
}

/** Below every task of every other run. */
const lowest = -1e9;

/** Runs requests ahead into the cache. Sessions, artifacts and results of real runs are not touched by it. */
export async function prefetchRequests(
  engine: Engine,
  pipeline: Pipeline,
  requests: Iterable<PipelineRequest>,
  options: PrefetchOptions,
  track: (run: Run) => Run,
): Promise<PrefetchSummary> {
  if (engine.cache === undefined) {
    throw new OrcError('ERR_ORC_OPTION', 'Expected the cache to be on, so that there is something to prefetch into', {
      hint: 'Leave `cache: false` and `optimized: false` out.',
    });
  }
  if (typeof (requests as Partial<Iterable<PipelineRequest>> | null)?.[Symbol.iterator] !== 'function')
    throw new OrcError('ERR_ORC_OPTION', `Expected the requests to be a list, got ${shown(requests)}`);
  checkGroup('', options, ['signal', 'budgetUsd', 'onEvent', 'scope']);
  checkScope(options.scope);
  const budget = options.budgetUsd ?? engine.options.budgetUsd ?? 0;
  const missed: { readonly request: PipelineRequest; readonly error: ErrorInfo }[] = [];
  let ready = 0;
  let made = 0;
  let found = 0;
  let costUsd: number | null = 0;
  // What the dearest call has cost so far: the next request begins with one, at least.
  let dearestUsd = 0;
  for (const request of requests) {
    options.signal?.throwIfAborted();
    if (budget > 0 && (costUsd === null || costUsd >= budget || costUsd + dearestUsd > budget + 1e-9)) {
      const why = costUsd === null ? 'what was spent is not known' : `$${costUsd.toFixed(4)} of $${budget} are spent`;
      missed.push({
        request,
        error: errorInfo(new OrcError('ERR_ORC_BUDGET', `The budget does not allow another request: ${why}`)),
      });
      continue;
    }
    const run = track(
      startRun(engine, pipeline, request, {
        ahead: true,
        priority: lowest,
        signal: options.signal,
        scope: options.scope,
        ...(budget > 0 ? { budgetUsd: budget - (costUsd ?? 0) } : {}),
      }),
    );
    if (options.onEvent !== undefined) run.subscribe(options.onEvent);
    let result: RunResult;
    try {
      result = await run.result;
    } catch (error) {
      options.signal?.throwIfAborted();
      missed.push({ request, error: errorInfo(error) });
      continue;
    }
    for (const task of result.report.tasks)
      if (task.calls > 0) dearestUsd = Math.max(dearestUsd, (task.costUsd ?? 0) / task.calls);
    made += result.cache.misses;
    found += result.cache.hits;
    costUsd = costUsd === null || result.usage.costUsd === null ? null : costUsd + result.usage.costUsd;
    if (result.status === 'succeeded') ready += 1;
    else missed.push({ request, error: result.error as ErrorInfo });
  }
  options.signal?.throwIfAborted();
  return { ready, missed, made, found, costUsd };
}
