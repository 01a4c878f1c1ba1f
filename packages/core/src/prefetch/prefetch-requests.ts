import { Budget } from '../ai/budget.ts';
import { OrcError, errorInfo, shown } from '../errors.ts';
import type { ErrorInfo, OrcEvent } from '../events.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { checkGroup, checkScope, limit } from '../run/check-options.ts';
import type { Engine } from '../run/engine.ts';
import type { RunResult } from '../run/run-result.ts';
import type { RunHandle } from '../run/run.ts';
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
  track: (run: RunHandle) => RunHandle,
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
  const limitUsd = limit('budgetUsd', options.budgetUsd, engine.options.budgetUsd ?? 0);
  // One for all requests: what the first one costs is gone for the others.
  const budget = limitUsd === undefined ? undefined : new Budget(limitUsd);
  const missed: { readonly request: PipelineRequest; readonly error: ErrorInfo }[] = [];
  let ready = 0;
  let made = 0;
  let found = 0;
  let costUsd: number | null = 0;
  for (const request of requests) {
    options.signal?.throwIfAborted();
    const run = track(
      startRun(engine, pipeline, request, {
        ahead: true,
        priority: lowest,
        signal: options.signal,
        scope: options.scope,
        budget,
        // Without a limit of its own it has none, whatever one run of the orchestrator may cost.
        budgetUsd: 0,
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
    made += result.cache.misses;
    found += result.cache.hits;
    costUsd = costUsd === null || result.usage.costUsd === null ? null : costUsd + result.usage.costUsd;
    if (result.status === 'succeeded') ready += 1;
    else missed.push({ request, error: result.error as ErrorInfo });
  }
  options.signal?.throwIfAborted();
  return { ready, missed, made, found, costUsd };
}
