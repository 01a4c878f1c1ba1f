import { Budget } from '../ai/budget.ts';
import type { ModelClient } from '../ai/model-client.ts';
import type { Strategy } from '../events.ts';
import { PhaseKeys } from '../key/phase-keys.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import type { Session } from '../session/session-port.ts';
import { ArtifactWriter } from './artifacts.ts';
import { compile, type CompiledPhase } from './compiled.ts';
import { declaredEnv, environmentOf, type Environment } from './declared-env.ts';
import { DeclaredRequest } from './declared-request.ts';
import { Degradations } from './degradations.ts';
import type { Deadlines } from './deadlines.ts';
import type { Engine } from './engine.ts';
import type { EventHub } from './event-hub.ts';
import type { Gate } from './gate.ts';
import { PhaseStats } from './phase-stats.ts';
import type { RunAbort } from './run-abort.ts';
import type { RunState } from './run-state.ts';
import { TaskStore } from './task-store.ts';
import { UsageSum } from './usage.ts';

/** What the state of a run is made of. */
export interface StateParts {
  readonly speculation: RunState['speculation'];
  readonly useKey: ((key: string) => void) | undefined;
  readonly pipeline: Pipeline;
  readonly request: PipelineRequest;
  readonly options: {
    readonly fresh?: boolean | undefined;
    readonly cache?: boolean | undefined;
    readonly budget?: Budget | undefined;
    readonly budgetUsd?: number | undefined;
    readonly scope?: string | undefined;
    readonly changed?: readonly string[] | undefined;
  };
  readonly strategy: Strategy;
  readonly session: Session | undefined;
  readonly sessionId: string;
  readonly hub: EventHub;
  readonly deadlines: Deadlines;
  readonly gate: Gate;
  readonly abort: RunAbort;
  readonly modelOf: (phase: CompiledPhase) => ModelClient | undefined;
}

/** Makes the state of a run. */
export function makeState(engine: Engine, parts: StateParts): RunState {
  const {
    pipeline,
    request,
    options,
    strategy,
    session,
    sessionId,
    hub,
    gate,
    abort,
    modelOf,
    useKey,
    speculation,
    deadlines,
  } = parts;
  const { clock, random, maxRetries, phaseTimeoutMs, budgetUsd, remote } = engine.options;
  const compiled = compile(pipeline);
  const env = environmentOf(compiled, engine.options.env);
  const cache = strategy.name === 'standard' || options.cache === false ? undefined : engine.cache;
  const views = new Map<CompiledPhase, DeclaredRequest>();
  const variables = new Map<CompiledPhase, Environment>();
  return {
    compiled,
    request,
    store: new TaskStore(),
    keys: new PhaseKeys({ compiled, request, modelOf, env, scope: options.scope }),
    hub,
    clock,
    random,
    strategy,
    cache,
    scope: options.scope,
    keyed: cache !== undefined || session !== undefined || strategy.name === 'distributed',
    fresh: options.fresh === true ? new Map() : undefined,
    keyMemory: engine.keyMemory,
    useKey,
    speculation,
    session,
    sessionId,
    recordsHold:
      session?.whole === true &&
      session.plan.pipeline.digest === pipeline.digest &&
      (options.changed === undefined || options.changed.length === 0),
    artifacts: new ArtifactWriter(session, hub),
    gate,
    abort,
    env,
    maxRetries,
    deadlines,
    phaseTimeoutMs,
    budget: options.budget ?? budgetOf(options.budgetUsd ?? budgetUsd, session),
    remote: strategy.name === 'distributed' ? remote : undefined,
    sharedWork: engine.sharedWork,
    occupy: (until) => engine.scheduler.occupy(until),
    usage: new UsageSum(),
    stats: new Map(compiled.phases.map((phase) => [phase, new PhaseStats(phase)])),
    degradations: new Degradations(hub),
    view: (phase) => {
      let view = views.get(phase);
      if (view === undefined) views.set(phase, (view = new DeclaredRequest(request, phase.phase)));
      return view;
    },
    envOf: (phase) => {
      let known = variables.get(phase);
      if (known === undefined) variables.set(phase, (known = declaredEnv(phase.phase, env)));
      return known;
    },
    modelOf,
  };
}

// A budget is that of the whole session: resuming it does not begin anew.
function budgetOf(limitUsd: number | undefined, session: Session | undefined): Budget | undefined {
  if (limitUsd === undefined || limitUsd === 0 || limitUsd === Infinity) return undefined;
  let spent = 0;
  for (const { costUsd } of session?.completed.values() ?? []) spent += costUsd ?? 0;
  return new Budget(limitUsd, spent);
}
