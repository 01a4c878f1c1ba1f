import type { JsonObject } from '@orc/cache';

import type { ModelClient } from '../ai/model-client.ts';
import { OrcError, errorInfo } from '../errors.ts';
import type { PhaseSummary, Strategy } from '../events.ts';
import { PhaseKeys } from '../key/phase-keys.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { checkRequest, type PipelineRequest } from '../pipeline/request.ts';
import { newSessionId } from '../session/session-id.ts';
import type { Session } from '../session/session-port.ts';
import { KnownKeys } from '../prefetch/known-keys.ts';
import { Speculation } from '../prefetch/speculation.ts';
import { selectStrategy } from '../strategy/select-strategy.ts';
import { ArtifactWriter } from './artifacts.ts';
import { compile, type CompiledPhase } from './compiled.ts';
import { declaredEnv } from './declared-env.ts';
import { DeclaredRequest } from './declared-request.ts';
import { Degradations } from './degradations.ts';
import type { Engine } from './engine.ts';
import { EventHub } from './event-hub.ts';
import { Gate } from './gate.ts';
import { finishRun } from './finish-run.ts';
import { modelFor } from './model-for.ts';
import { PhaseStats } from './phase-stats.ts';
import { RunAbort } from './run-abort.ts';
import { RunHandle, type Run } from './run.ts';
import { runPipeline } from './run-pipeline.ts';
import type { RunResult } from './run-result.ts';
import type { RunState } from './run-state.ts';
import { TaskStore } from './task-store.ts';
import { UsageSum } from './usage.ts';

/** Options of one run. */
export interface RunOptions {
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined;
  /** Computes everything anew, and keeps the new results. @defaultValue false */
  readonly fresh?: boolean | undefined;
  /** `false`: neither reads nor fills the cache. @defaultValue true */
  readonly cache?: boolean | undefined;
  /** The id of the new session. @defaultValue a new one */
  readonly sessionId?: string | undefined;
}

/** What a run is started with. */
export interface StartOptions extends RunOptions {
  /** A session to continue. */
  readonly resume?: Session | undefined;
  /** Added to the priority of every task. */
  readonly priority?: number | undefined;
  /** Fills the cache alone: no session. */
  readonly ahead?: boolean | undefined;
  /** Dollars it may spend, when that is not the orchestrator's limit. */
  readonly budgetUsd?: number | undefined;
}

/** Starts a run. What goes wrong before it begins rejects `result`. */
export function startRun(engine: Engine, pipeline: Pipeline, request: PipelineRequest, options: StartOptions = {}): Run {
  const { clock, random, ids } = engine.options;
  const hub = new EventHub(clock);
  const gate = new Gate();
  const abort = new RunAbort();
  const makeId = ids ?? ((): string => newSessionId(clock.now(), random));
  let sessionId = options.resume?.id ?? options.sessionId ?? makeId();
  const cancel = (reason: unknown): void => {
    if (abort.aborted) return;
    const cause = reason ?? new OrcError('ERR_ORC_CANCELLED', 'The run was cancelled', { retryable: false });
    hub.emit({ type: 'run-cancel', reason: errorInfo(cause).message });
    abort.abort(cause);
    // What waits at the gate must see the abort.
    gate.open();
  };
  const begin = async (): Promise<RunResult> => {
    // Later, so that whoever called can subscribe before the first event; `resume` hands out its run through a promise.
    await (options.resume === undefined ? Promise.resolve() : new Promise(setImmediate));
    try {
      return await execute(engine, pipeline, request, options, {
        hub,
        gate,
        abort,
        cancel,
        makeId,
        sessionId,
        renamed: (id) => {
          sessionId = id;
        },
      });
    } finally {
      hub.end();
    }
  };
  const result = begin();
  // Whoever only iterates the events must not bring the process down.
  result.catch(() => undefined);
  return new RunHandle({
    sessionId: () => sessionId,
    hub,
    result,
    cancel,
    pause: () => {
      if (!abort.aborted && gate.close()) hub.emit({ type: 'run-pause' });
    },
    unpause: () => {
      if (gate.open()) hub.emit({ type: 'run-continue' });
    },
  });
}

interface Controls {
  readonly hub: EventHub;
  readonly gate: Gate;
  readonly abort: RunAbort;
  readonly cancel: (reason: unknown) => void;
  readonly makeId: () => string;
  readonly sessionId: string;
  readonly renamed: (id: string) => void;
}

async function execute(engine: Engine, pipeline: Pipeline, request: PipelineRequest, options: StartOptions, controls: Controls): Promise<RunResult> {
  const { hub, gate, abort, cancel } = controls;
  const { options: settings } = engine;
  const { clock } = settings;
  checkRequest(request);
  const compiled = compile(pipeline);
  const models = modelFor(compiled, settings);
  options.signal?.throwIfAborted();
  const passOn = (): void => cancel(options.signal?.reason);
  options.signal?.addEventListener('abort', passOn, { once: true });
  let timer: unknown;
  try {
    const degradations = new Degradations(hub);
    const strategy = await chooseStrategy(engine, pipeline, abort);
    const session = options.ahead === true ? undefined : (options.resume ?? (await openSession(engine, pipeline, request, strategy, models.main, options, controls)));
    if (session !== undefined) controls.renamed(session.id);
    let known: KnownKeys | undefined;
    let speculation: Speculation | undefined;
    const run = makeState(engine, {
      useKey: engine.slowTiers && settings.prefetch !== 'off' ? (key) => known?.use(key) : undefined,
      speculation: () => speculation, pipeline, request, options, strategy, session, hub, gate, abort, degradations, modelOf: models.of });
    const observers = settings.observers.map((observer) => hub.subscribe(observer.observe({ sessionId: controls.sessionId }), { deltas: false }));
    const finisher = finishRun(engine, run, { modelId: models.main?.id ?? '', sessionId: session?.id ?? controls.sessionId });
    const stopWatching = watchCache(engine, degradations);
    const stopSampling = sample(engine, run);
    if (settings.totalTimeoutMs !== undefined) {
      timer = clock.setTimeout(() => {
        abort.abort(new DOMException(`The run took longer than ${settings.totalTimeoutMs} ms`, 'TimeoutError'));
        gate.open();
      }, settings.totalTimeoutMs);
    }
    announce(run, session?.id ?? controls.sessionId, models.main?.id ?? '', options.resume !== undefined);
    sayKnownTrouble(engine, run);
    if (run.useKey !== undefined && run.cache !== undefined && run.fresh === undefined ) {
      known = new KnownKeys(engine, run, models.ids);
      await known.fetch();
    }
    if (settings.prefetch === 'speculative' && run.cache !== undefined && strategy.workers > 1) speculation = new Speculation(engine, run);
    if (options.ahead === true) hub.emit({ type: 'prefetch-start', mode: 'ahead', keys: run.compiled.phases.length });
    const end = await runPipeline(run, engine.scheduler, options.priority ?? 0);
    await speculation?.close();
    if (options.ahead === true) hub.emit({ type: 'prefetch-end', mode: 'ahead', found: [...run.stats.values()].reduce((sum, { hits }) => sum + hits, 0) });
    stopWatching();
    stopSampling();
    if (end.status === 'succeeded') await known?.keep();
    const result = await finisher(end);
    for (const stop of observers) stop();
    return result;
  } finally {
    clock.clearTimeout(timer);
    options.signal?.removeEventListener('abort', passOn);
  }
}

async function chooseStrategy(engine: Engine, pipeline: Pipeline, abort: RunAbort): Promise<Strategy> {
  const { optimized, remote } = engine.options;
  const input = { pipeline, optimized, maxWorkers: engine.workers };
  if (remote === undefined) return selectStrategy(input);
  const wanted = selectStrategy({ ...input, broker: 'reachable' });
  if (wanted.name !== 'distributed') return wanted;
  try {
    await remote.connect({ signal: abort.signal });
    return wanted;
  } catch {
    if (abort.aborted) throw abort.reason;
    return selectStrategy({ ...input, broker: 'unreachable' });
  }
}

async function openSession(
  engine: Engine,
  pipeline: Pipeline,
  request: PipelineRequest,
  strategy: Strategy,
  model: ModelClient | undefined,
  options: StartOptions,
  controls: Controls,
): Promise<Session | undefined> {
  const { sessions } = engine;
  if (sessions === undefined) return undefined;
  const { id, version, digest, source } = pipeline;
  const plan = {
    pipeline: { id, version, digest, ...(source === undefined ? {} : { source }) },
    request: withoutUndefined(request),
    model: { id: model?.id ?? '', identity: model?.identity ?? {} },
    options: { fresh: options.fresh ?? false, cache: options.cache ?? true },
    strategy,
  };
  for (let attempt = 1, sessionId = controls.sessionId; ; attempt += 1, sessionId = controls.makeId()) {
    try {
      return await sessions.create(plan, { id: sessionId });
    } catch (error) {
      // Ids are told by the second: two runs can meet. One that the caller chose is the caller's.
      const taken = (error as { readonly code?: unknown }).code === 'ERR_ORC_SESSION_EXISTS';
      if (!taken || options.sessionId !== undefined || attempt >= 20) throw error;
    }
  }
}

interface StateParts {
  readonly speculation: RunState['speculation'];
  readonly useKey: ((key: string) => void) | undefined;
  readonly pipeline: Pipeline;
  readonly request: PipelineRequest;
  readonly options: StartOptions;
  readonly strategy: Strategy;
  readonly session: Session | undefined;
  readonly hub: EventHub;
  readonly gate: Gate;
  readonly abort: RunAbort;
  readonly degradations: Degradations;
  readonly modelOf: (phase: CompiledPhase) => ModelClient | undefined;
}

function makeState(engine: Engine, parts: StateParts): RunState {
  const { pipeline, request, options, strategy, session, hub, gate, abort, degradations, modelOf, useKey, speculation } = parts;
  const { env, clock, random, maxRetries, phaseTimeoutMs, budgetUsd, remote } = engine.options;
  const compiled = compile(pipeline);
  const views = new Map<CompiledPhase, DeclaredRequest>();
  return {
    compiled,
    request,
    store: new TaskStore(),
    keys: new PhaseKeys(compiled, request, modelOf, env),
    hub,
    clock,
    random,
    strategy,
    cache: strategy.name === 'standard' || options.cache === false ? undefined : engine.cache,
    fresh: options.fresh === true ? new Map() : undefined,
    keyMemory: engine.keyMemory,
    useKey,
    speculation,
    session,
    samePipeline: session?.plan.pipeline.digest === pipeline.digest,
    artifacts: new ArtifactWriter(session, hub),
    gate,
    abort,
    env,
    maxRetries,
    phaseTimeoutMs,
    budgetUsd: options.budgetUsd ?? budgetUsd,
    remote: strategy.name === 'distributed' ? remote : undefined,
    usage: new UsageSum(),
    stats: new Map(compiled.phases.map((phase) => [phase, new PhaseStats(phase)])),
    degradations,
    view: (phase) => {
      let view = views.get(phase);
      if (view === undefined) views.set(phase, (view = new DeclaredRequest(request, phase.phase)));
      return view;
    },
    envOf: (phase) => declaredEnv(phase, env),
    modelOf,
  };
}

function announce(run: RunState, sessionId: string, model: string, resumed: boolean): void {
  const { pipeline, phases } = run.compiled;
  run.hub.emit({
    type: 'run-start',
    sessionId,
    pipeline: { id: pipeline.id, version: pipeline.version, digest: pipeline.digest },
    request: run.request.text,
    model,
    seed: run.request.seed,
    strategy: run.strategy,
    phases: phases.map(
      ({ phase }): PhaseSummary => ({
        id: phase.id,
        title: phase.title,
        kind: phase.kind,
        needs: phase.needs,
        fanOut: phase.fanOut,
        cacheable: phase.definition.cache !== false,
      }),
    ),
    resumed,
    restored: run.session?.completed.size ?? 0,
  });
}

function watchCache(engine: Engine, degradations: Degradations): () => void {
  const watcher = (what: 'cache' | 'tier', message: string): void => degradations.say(what, message);
  return engine.cacheWatchers.add(watcher);
}

const sampleEveryMs = 250;

function sample(engine: Engine, run: RunState): () => void {
  const { clock } = engine.options;
  let timer: unknown;
  const again = (): void => {
    timer = clock.setTimeout(() => {
      const { running, runningThreads, queued, maxWorkers: workers } = engine.scheduler.stats();
      const { heapUsed, rss } = process.memoryUsage();
      run.hub.emit({ type: 'sample', running, runningThreads, queued, workers, heapBytes: heapUsed, rssBytes: rss });
      again();
    }, sampleEveryMs);
  };
  again();
  return () => clock.clearTimeout(timer);
}

function sayKnownTrouble(engine: Engine, run: RunState): void {
  if (engine.options.remote !== undefined && run.strategy.reason.includes('broker can not be reached')) {
    run.degradations.say('broker', `The broker of ${engine.options.remote.name} can not be reached; the run stays on this machine`);
  }
  if (run.cache === undefined) return;
  for (const [what, message] of engine.cacheTrouble) run.degradations.say(what, message);
}

function withoutUndefined(request: PipelineRequest): JsonObject {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as JsonObject;
}
