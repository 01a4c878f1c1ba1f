import { setImmediate } from 'node:timers';

import type { Budget } from '../ai/budget.ts';
import { OrcError, errorInfo } from '../errors.ts';
import type { Strategy } from '../events.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { KnownKeys } from '../prefetch/known-keys.ts';
import { Speculation } from '../prefetch/speculation.ts';
import { newSessionId } from '../session/session-id.ts';
import type { Session } from '../session/session-port.ts';
import { announce, sample, sayChanged, sayKnownTrouble } from './announce.ts';
import { chooseStrategy } from './choose-strategy.ts';
import { compile } from './compiled.ts';
import { Deadlines } from './deadlines.ts';
import type { Engine } from './engine.ts';
import { EventHub } from './event-hub.ts';
import { finishRun } from './finish-run.ts';
import { Gate } from './gate.ts';
import { makeState } from './make-state.ts';
import { modelFor, type RunModels } from './model-for.ts';
import { openSession } from './open-session.ts';
import { RunAbort } from './run-abort.ts';
import { runPipeline } from './run-pipeline.ts';
import type { RunResult } from './run-result.ts';
import type { RunState } from './run-state.ts';
import { takeRequest } from './take-request.ts';
import { RunHandle } from './run.ts';

// As it is when this module is loaded: fake timers of a test must not stop a resumed run.
const nextTurn = setImmediate;

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
  /** US dollars that the model calls of this run may cost; 0 = no limit. @defaultValue the orchestrator's `limits.budgetUsd` */
  readonly budgetUsd?: number | undefined;
  /**
   * Whose run this is, any text: a tenant, a user. It is part of every key, so that a result is found, and a computation shared, in runs of the
   * same scope alone. Recorded in the session. @defaultValue none: everybody's
   */
  readonly scope?: string | undefined;
}

/** What a run is started with. */
export interface StartOptions extends RunOptions {
  /** A session to continue. */
  readonly resume?: Session | undefined;
  /** What has changed since the session's records were made: they hold where their key does. */
  readonly changed?: readonly string[] | undefined;
  /** Added to the priority of every task. */
  readonly priority?: number | undefined;
  /** Fills the cache alone: no session. */
  readonly ahead?: boolean | undefined;
  /** Money that it shares with other runs. */
  readonly budget?: Budget | undefined;
}

/** Starts a run. What goes wrong before it begins rejects `result`. */
export function startRun(
  engine: Engine,
  pipeline: Pipeline,
  request: PipelineRequest,
  options: StartOptions = {},
): RunHandle {
  const { clock, random, ids } = engine.options;
  const hub = new EventHub(clock);
  const gate = new Gate();
  const abort = new RunAbort();
  const makeId = ids ?? ((): string => newSessionId(clock.now(), random));
  let sessionId = options.resume?.id ?? options.sessionId ?? makeId();
  const cancel = (reason: unknown): void => {
    if (abort.aborted) return;
    const cause = reason ?? new OrcError('ERR_ORC_CANCELLED', 'The run was cancelled', { retryable: false });
    // One that is cancelled before it begins says so after its start.
    if (hub.begun) hub.emit({ type: 'run-cancel', reason: errorInfo(cause).message });
    abort.abort(cause);
    // What waits at the gate must see the abort.
    gate.open();
  };
  // Now and not later: from here on its owner may change theirs.
  const taken = attempt(() => takeRequest(request));
  const begin = async (): Promise<RunResult> => {
    // Later, so that whoever called can subscribe before the first event; `resume` hands out its run through a promise.
    await (options.resume === undefined ? Promise.resolve() : new Promise(nextTurn));
    try {
      return await execute(engine, pipeline, taken(), options, {
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
    } catch (error) {
      // One that was opened to be resumed must not stay locked when the run can't begin.
      await options.resume?.close();
      throw error;
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
    leave: () => abort.leave(),
    pause: () => {
      if (!abort.aborted && gate.close()) hub.emit({ type: 'run-pause' });
    },
    unpause: () => {
      if (gate.open()) hub.emit({ type: 'run-continue' });
    },
  });
}

/** What a function gives, or throws, told when it is asked for. */
function attempt<T>(make: () => T): () => T {
  try {
    const made = make();
    return () => made;
  } catch (error) {
    return () => {
      throw error;
    };
  }
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

async function execute(
  engine: Engine,
  pipeline: Pipeline,
  request: PipelineRequest,
  options: StartOptions,
  controls: Controls,
): Promise<RunResult> {
  const { abort, cancel, makeId } = controls;
  const models = modelFor(compile(pipeline), engine.options);
  const passOn = (): void => cancel(options.signal?.reason);
  if (options.signal?.aborted === true) passOn();
  else options.signal?.addEventListener('abort', passOn, { once: true });
  try {
    const strategy = await chooseStrategy(engine, pipeline, abort);
    const session =
      options.resume ??
      (options.ahead === true
        ? undefined
        : await openSession(engine, {
            pipeline,
            request,
            strategy,
            models,
            options,
            sessionId: controls.sessionId,
            makeId,
          }));
    if (session !== undefined) controls.renamed(session.id);
    try {
      return await conduct(engine, { pipeline, request, options, controls, models, strategy, session });
    } catch (error) {
      // What is not foreseen must not leave the session locked.
      await session?.close();
      throw error;
    }
  } finally {
    options.signal?.removeEventListener('abort', passOn);
  }
}

interface Conducted {
  readonly pipeline: Pipeline;
  readonly request: PipelineRequest;
  readonly options: StartOptions;
  readonly controls: Controls;
  readonly models: RunModels;
  readonly strategy: Strategy;
  readonly session: Session | undefined;
}

async function conduct(engine: Engine, conducted: Conducted): Promise<RunResult> {
  const { pipeline, request, options, controls, models, strategy, session } = conducted;
  const { hub, gate, abort } = controls;
  const { options: settings } = engine;
  let known: KnownKeys | undefined;
  let speculation: Speculation | undefined;
  const deadlines = new Deadlines(settings.clock);
  const run = makeState(engine, {
    deadlines,
    useKey: engine.slowTiers && settings.prefetch !== 'off' ? (key) => known?.use(key) : undefined,
    speculation: () => speculation,
    pipeline,
    request,
    options,
    strategy,
    session,
    sessionId: session?.id ?? controls.sessionId,
    hub,
    gate,
    abort,
    modelOf: (phase) => models.of(phase),
  });
  const info = { modelId: models.main?.id ?? '', sessionId: run.sessionId };
  for (const observer of settings.observers)
    hub.subscribe(observer.observe({ sessionId: info.sessionId }), { deltas: false });
  const stopSampling = sample(engine, run);
  const stops = [
    stopSampling,
    engine.cacheWatchers.add((what, message) => run.degradations.say(what, message)),
    limitTime(engine, controls, deadlines),
    () => deadlines.close(),
  ];
  try {
    announce(run, info, options.resume !== undefined);
    if (abort.aborted) hub.emit({ type: 'run-cancel', reason: errorInfo(abort.reason).message });
    sayKnownTrouble(engine, run);
    sayChanged(run, options.changed);
    if (run.useKey !== undefined && run.cache !== undefined && run.fresh === undefined) {
      known = new KnownKeys(engine, run, models.ids);
      await known.fetch();
    }
    if (settings.prefetch === 'speculative' && run.cache !== undefined && strategy.workers > 1)
      speculation = new Speculation(engine, run);
    if (options.ahead === true) hub.emit({ type: 'prefetch-start', mode: 'ahead', keys: run.compiled.phases.length });
    if (strategy.name === 'distributed' && engine.remoteSlots !== undefined)
      stops.push(engine.remoteSlots.enter(strategy.workers));
    const end = await runPipeline(run, engine.scheduler, options.priority ?? 0);
    if (speculation !== undefined) await Promise.race([speculation.close(), abort.leaving]);
    if (options.ahead === true) hub.emit({ type: 'prefetch-end', mode: 'ahead', found: hitsOf(run) });
    if (end.status === 'succeeded') await known?.keep();
    // The end is the last that is told, however long the disk takes to record it.
    stopSampling();
    return await finishRun(engine, run, info, end);
  } finally {
    for (const stop of stops) stop();
  }
}

function hitsOf(run: RunState): number {
  return [...run.stats.values()].reduce((sum, { hits }) => sum + hits, 0);
}

/** A task that is told to end may clean up: a tenth of the limit, a second at most. Then the run ends without it. */
function limitTime(engine: Engine, { abort, gate }: Controls, deadlines: Deadlines): () => void {
  const { totalTimeoutMs } = engine.options;
  if (totalTimeoutMs === undefined) return () => undefined;
  let takeBack = deadlines.add(totalTimeoutMs, () => {
    takeBack();
    abort.abort(new DOMException(`The run took longer than ${totalTimeoutMs} ms`, 'TimeoutError'), true);
    gate.open();
    takeBack = deadlines.add(Math.min(1000, totalTimeoutMs / 10), () => {
      takeBack();
      abort.leave();
    });
  });
  return () => takeBack();
}
