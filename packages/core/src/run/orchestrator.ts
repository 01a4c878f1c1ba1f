import type { TieredCache } from '@orc/cache';

import { longestWait } from '../clock.ts';
import { OrcError } from '../errors.ts';
import { planPipeline, type PlanOptions } from '../plan/plan-pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import { explainPhase, type ExplainOptions, type Explanation } from '../plan/explain-phase.ts';
import { prefetchRequests, type PrefetchOptions, type PrefetchSummary } from '../prefetch/prefetch-requests.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import type { SessionStore } from '../session/session-port.ts';
import type { CachedOutput } from './cached-output.ts';
import { checkGroup, checkScope, failOption, limit } from './check-options.ts';
import { checkPipeline } from './check-pipeline.ts';
import type { Engine } from './engine.ts';
import { openEngine } from './open-engine.ts';
import { resolveOptions, type OrchestratorOptions, type ResolvedOrchestratorOptions } from './options.ts';
import { Registry } from './registry.ts';
import { resumeRun, type ResumeOptions } from './resume.ts';
import type { Run, RunHandle } from './run.ts';
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
  /**
   * Cancels what runs, waits for it, and lets go of everything. After `timeoutMs` it goes on without the tasks that ignore their signal: their
   * runs are cancelled, and what they do from then on is lost. Idempotent; a later call can shorten the wait.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** Options of `close`. */
export interface CloseOptions {
  /** Milliseconds that tasks have to end; `Infinity` = as long as they take. @defaultValue 10000 */
  readonly timeoutMs?: number | undefined;
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
  readonly #runs = new Registry<RunHandle>();
  readonly #late = new AbortController();
  readonly #timers: unknown[] = [];
  #closing: Promise<void> | undefined;
  #closed = false;

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
    checkGroup('', options, ['signal', 'fresh', 'cache', 'sessionId', 'scope', 'budgetUsd']);
    checkScope(options.scope);
    limit('budgetUsd', options.budgetUsd, 0);
    return this.#track(startRun(this.#engine, pipeline, request, options));
  }

  async resume(sessionId: string, options: ResumeOptions): Promise<Run> {
    this.#checkOpen();
    return this.#track(await resumeRun(this.#engine, sessionsOf(this.#engine), sessionId, options));
  }

  close(options: CloseOptions = {}): Promise<void> {
    checkGroup('', options, ['timeoutMs']);
    const { timeoutMs } = options;
    if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 0))
      failOption('timeoutMs', 'a number >= 0', timeoutMs);
    if (this.#closing === undefined || timeoutMs !== undefined) this.#leaveAfter(timeoutMs ?? closeMs);
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { scheduler, cache, options } = this.#engine;
    // Runs that were on their way when it began come in later, and are cancelled as they come.
    for (let runs = this.#runs.entries; runs.length > 0; runs = this.#runs.entries) {
      for (const run of runs) run.cancel(closedError());
      await Promise.allSettled(runs.map((run) => run.result));
    }
    try {
      await this.#inTime(scheduler.close());
      await this.#inTime(cache?.close());
      await this.#inTime(options.remote?.close());
    } finally {
      this.#closed = true;
      for (const timer of this.#timers) options.clock.clearTimeout(timer);
    }
  }

  #leaveAfter(milliseconds: number): void {
    if (milliseconds === Infinity || this.#late.signal.aborted || this.#closed) return;
    const timer = this.#engine.options.clock.setTimeout(
      () => {
        this.#late.abort();
        for (const run of this.#runs.entries) run.leave();
      },
      Math.min(longestWait, milliseconds),
    );
    // Who waits for the end must get to see it, though nothing else keeps the process alive.
    (timer as { ref?(): void } | undefined)?.ref?.();
    this.#timers.push(timer);
  }

  /** Waits for the end of a part, as long as there is time. */
  async #inTime(end: Promise<void> | undefined): Promise<void> {
    if (end === undefined) return;
    const { signal } = this.#late;
    let stop: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      stop = resolve;
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([end, late]);
    } finally {
      if (stop !== undefined) signal.removeEventListener('abort', stop);
    }
  }

  #track(run: RunHandle): RunHandle {
    const forget = this.#runs.add(run);
    run.result.then(forget, forget);
    if (this.#closing !== undefined) run.cancel(closedError());
    if (this.#late.signal.aborted) run.leave();
    return run;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

/** How long tasks have to end when the orchestrator is closed, in milliseconds: less than what containers give a process. */
const closeMs = 10_000;

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
