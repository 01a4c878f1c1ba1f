import type { TieredCache } from '@orc/cache';

import { OrcError } from '../errors.ts';
import { planPipeline, type PlanOptions } from '../plan/plan-pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import { explainPhase, type ExplainOptions, type Explanation } from '../plan/explain-phase.ts';
import { prefetchRequests, type PrefetchOptions, type PrefetchSummary } from '../prefetch/prefetch-requests.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import type { SessionStore } from '../session/session-port.ts';
import type { CachedOutput } from './cached-output.ts';
import { checkGroup, checkScope } from './check-options.ts';
import { checkPipeline } from './check-pipeline.ts';
import type { Engine } from './engine.ts';
import { openEngine } from './open-engine.ts';
import { resolveOptions, type OrchestratorOptions, type ResolvedOrchestratorOptions } from './options.ts';
import { Registry } from './registry.ts';
import { resumeRun, type ResumeOptions } from './resume.ts';
import type { Run } from './run.ts';
import { startRun, type RunOptions } from './start-run.ts';

/** Plans, runs and resumes pipelines. It owns its cache, its pool and its timers; `close()` ends them all. */
export interface Orchestrator extends AsyncDisposable {
  /**
   * Says what a run would do, before anything is spent: graph, strategy, and for each phase whether the cache has it and why not.
   *
   * @throws OrcError `ERR_ORC_REQUEST`, `ERR_ORC_MODEL_MISSING`.
   */
  plan(pipeline: Pipeline, request: PipelineRequest, options?: PlanOptions): Promise<Plan>;
  /**
   * Says of one phase what its keys are made of, and which parts differ from the nearest earlier entry.
   *
   * @throws OrcError `ERR_ORC_PHASE` when there is no such phase.
   */
  explain(
    pipeline: Pipeline,
    request: PipelineRequest,
    phaseId: string,
    options?: ExplainOptions,
  ): Promise<Explanation>;
  /**
   * Runs requests ahead, one after the other and below everything else, into the cache alone.
   *
   * @throws OrcError `ERR_ORC_OPTION` when the cache is off.
   */
  prefetch(
    pipeline: Pipeline,
    requests: Iterable<PipelineRequest>,
    options?: PrefetchOptions,
  ): Promise<PrefetchSummary>;
  /** Starts a run. */
  run(pipeline: Pipeline, request: PipelineRequest, options?: RunOptions): Run;
  /**
   * Continues a session where it stopped, under whatever strategy these options give.
   *
   * A lock whose holder this machine can't ask, such as another machine's, is watched for up to 30 s first.
   *
   * @throws OrcError `ERR_ORC_SESSION_NOT_FOUND`, `ERR_ORC_SESSION_LOCKED`, `ERR_ORC_SESSION_VERSION`, `ERR_ORC_SESSION_CORRUPT`,
   * `ERR_ORC_SESSION_FOREIGN`, `ERR_ORC_PIPELINE_NOT_FOUND`.
   */
  resume(sessionId: string, options: ResumeOptions): Promise<Run>;
  /** The sessions of the data folder. Throws `ERR_ORC_DATA_DIR` when there is none. */
  readonly sessions: SessionStore;
  /** The cache of results; `undefined` when it is off. */
  readonly cache: TieredCache<CachedOutput> | undefined;
  /** Cancels what runs, waits for it, and lets go of everything. Idempotent. */
  close(): Promise<void>;
}

/**
 * Makes an orchestrator. Nothing is opened or started before the first run.
 *
 * @throws OrcError `ERR_ORC_OPTION` when an option is not valid.
 */
export function createOrchestrator(options: OrchestratorOptions = {}): Orchestrator {
  return new LocalOrchestrator(resolveOptions(options));
}

class LocalOrchestrator implements Orchestrator {
  readonly #engine: Engine;
  readonly #runs = new Registry<Run>();
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOrchestratorOptions) {
    this.#engine = openEngine(options);
  }

  get sessions(): SessionStore {
    return sessionsOf(this.#engine);
  }

  get cache(): TieredCache<CachedOutput> | undefined {
    return this.#engine.cache;
  }

  async plan(pipeline: Pipeline, request: PipelineRequest, options: PlanOptions = {}): Promise<Plan> {
    this.#checkOpen();
    checkPipeline(pipeline);
    return planPipeline(this.#engine, pipeline, request, options);
  }

  async explain(
    pipeline: Pipeline,
    request: PipelineRequest,
    phaseId: string,
    options: ExplainOptions = {},
  ): Promise<Explanation> {
    this.#checkOpen();
    checkPipeline(pipeline);
    return explainPhase(this.#engine, pipeline, request, { phaseId, ...options });
  }

  async prefetch(
    pipeline: Pipeline,
    requests: Iterable<PipelineRequest>,
    options: PrefetchOptions = {},
  ): Promise<PrefetchSummary> {
    this.#checkOpen();
    checkPipeline(pipeline);
    return prefetchRequests(this.#engine, pipeline, requests, options, (run) => this.#track(run));
  }

  run(pipeline: Pipeline, request: PipelineRequest, options: RunOptions = {}): Run {
    this.#checkOpen();
    checkPipeline(pipeline);
    checkGroup('', options, ['signal', 'fresh', 'cache', 'sessionId', 'scope']);
    checkScope(options.scope);
    return this.#track(startRun(this.#engine, pipeline, request, options));
  }

  async resume(sessionId: string, options: ResumeOptions): Promise<Run> {
    this.#checkOpen();
    return this.#track(await resumeRun(this.#engine, sessionsOf(this.#engine), sessionId, options));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const closed = closedError();
    const runs = [...this.#runs.entries];
    for (const run of runs) run.cancel(closed);
    await Promise.allSettled(runs.map((run) => run.result));
    await this.#engine.scheduler.close();
    await this.#engine.cache?.close();
    await this.#engine.options.remote?.close();
  }

  #track(run: Run): Run {
    const forget = this.#runs.add(run);
    run.result.then(forget, forget);
    return run;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

function closedError(): OrcError {
  return new OrcError('ERR_ORC_CLOSED', 'The orchestrator is closed', { retryable: false });
}

function sessionsOf(engine: Engine): SessionStore {
  if (engine.sessions !== undefined) return engine.sessions;
  throw new OrcError('ERR_ORC_DATA_DIR', 'There are no sessions: the orchestrator has no data folder', {
    hint: 'Give createOrchestrator a `dataDir`.',
    retryable: false,
  });
}
