import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { EarlierKeys } from '../key/earlier-keys.ts';
import type { ModelClient } from '../ai/model-client.ts';
import { compile, type CompiledPhase } from '../run/compiled.ts';
import type { Engine } from '../run/engine.ts';
import { checkGroup, checkScope } from '../run/check-options.ts';
import { chooseStrategy } from '../run/choose-strategy.ts';
import { modelFor } from '../run/model-for.ts';
import { takeRequest } from '../run/take-request.ts';
import { CacheWalk, type WalkedPhase } from './cache-walk.ts';
import { readHistory, type PhaseHistory } from './history.ts';
import type { Expectation, Plan, PlannedPhase } from './plan.ts';

/** Options of `plan`. */
export interface PlanOptions {
  /** Plans a run with `fresh`: everything is computed anew. @defaultValue false */
  readonly fresh?: boolean | undefined;
  /** Plans a run with `cache: false`. @defaultValue true */
  readonly cache?: boolean | undefined;
  /** Whose run it would be. @defaultValue none */
  readonly scope?: string | undefined;
}

/** Plans a run: walks the keys as far as they are known and asks the cache for each, without executing anything. */
export async function planPipeline(
  engine: Engine,
  pipeline: Pipeline,
  asked: PipelineRequest,
  options: PlanOptions = {},
): Promise<Plan> {
  const request = takeRequest(asked);
  const compiled = compile(pipeline);
  checkGroup('', options, ['fresh', 'cache', 'scope']);
  checkScope(options.scope);
  const models = modelFor(compiled, engine.options);
  const strategy = await chooseStrategy(engine, pipeline);
  const history = readHistory(engine.sessions, pipeline.id);
  const walk = walkOf(engine, pipeline, request, options);
  const walked = await walk.all();
  const past = await history;
  const phases = walked.map((phase) => planned(phase, past.get(phase.phase.id), models.of(phase.phase)));
  return {
    pipeline: {
      id: pipeline.id,
      version: pipeline.version,
      digest: pipeline.digest,
      description: pipeline.description,
    },
    request,
    strategy,
    model: models.main?.id ?? '',
    phases,
    totals: totals(phases, past),
  };
}

/** A walk over the keys of a request. */
export function walkOf(engine: Engine, pipeline: Pipeline, request: PipelineRequest, options: PlanOptions): CacheWalk {
  const compiled = compile(pipeline);
  const models = modelFor(compiled, engine.options);
  const modelOf = (phase: CompiledPhase): ModelClient | undefined => models.of(phase);
  const off = !engine.options.optimized
    ? 'optimizations are off'
    : options.cache === false || engine.cache === undefined
      ? 'the cache is off'
      : undefined;
  return new CacheWalk({
    compiled,
    request,
    modelOf,
    env: engine.options.env,
    cache: off === undefined ? engine.cache : undefined,
    off,
    fresh: options.fresh ?? false,
    scope: options.scope,
    earlier: new EarlierKeys(pipeline.id, engine.keyMemory, engine.cacheFolder),
  });
}

function planned(walked: WalkedPhase, past: PhaseHistory | undefined, model: ModelClient | undefined): PlannedPhase {
  const { id, title, kind, needs, fanOut } = walked.phase.phase;
  const { cache, reason, tier, tasks, complete, differences } = walked;
  const hits = tasks.filter((task) => task.cache === 'hit' || task.cache === 'skip').length;
  // Of a fan-out that is not known yet: as many as the last time.
  const total = complete ? tasks.length : Math.max(tasks.length, past?.tasks ?? 0, 1);
  return {
    id,
    title,
    kind,
    needs,
    fanOut,
    cache,
    reason,
    ...(tier === undefined ? {} : { tier }),
    known: { tasks: tasks.length, hits },
    differences,
    expected: expectation(total - hits, kind === 'llm', past, model),
  };
}

function expectation(
  tasks: number,
  callsModel: boolean,
  past: PhaseHistory | undefined,
  model: ModelClient | undefined,
): Expectation {
  const calls = !callsModel ? 0 : Math.ceil(tasks * (past?.taskCalls ?? 1));
  const free = calls === 0 || model?.capabilities.priced === false;
  const unpriced = model?.capabilities.priced === 'unknown';
  const costUsd = free
    ? 0
    : unpriced
      ? null
      : past === undefined
        ? undefined
        : past.taskUsd === null
          ? null
          : past.taskUsd * tasks;
  return {
    tasks,
    calls,
    ...(tasks === 0 || !callsModel
      ? { tokens: 0 }
      : past === undefined
        ? {}
        : { tokens: Math.round(past.taskTokens * tasks) }),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(tasks === 0 ? { ms: 0 } : past === undefined ? {} : { ms: past.taskMs * tasks }),
  };
}

function totals(phases: readonly PlannedPhase[], past: ReadonlyMap<string, PhaseHistory>): Plan['totals'] {
  const all = <T>(value: (expected: Expectation) => T | undefined): readonly T[] | undefined => {
    const values = phases.map(({ expected }) => value(expected));
    return values.every((one) => one !== undefined) ? values : undefined;
  };
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const tokens = all(({ tokens }) => tokens);
  const ms = all(({ ms }) => ms);
  const costs = all(({ costUsd }) => costUsd);
  const criticalMs = ms === undefined ? undefined : critical(phases, past);
  return {
    tasks: sum(phases.map(({ expected }) => expected.tasks)),
    calls: sum(phases.map(({ expected }) => expected.calls)),
    ...(tokens === undefined ? {} : { tokens: sum(tokens) }),
    ...(costs === undefined ? {} : { costUsd: costs.includes(null) ? null : sum(costs as readonly number[]) }),
    ...(ms === undefined ? {} : { ms: sum(ms) }),
    ...(criticalMs === undefined ? {} : { criticalMs }),
    hits: phases.filter(({ cache }) => cache === 'hit').length,
    misses: phases.filter(({ cache }) => cache === 'miss' || cache === 'off').length,
    unknown: phases.filter(({ cache }) => cache === 'unknown').length,
  };
}

// Phases come in topological order, so that what each one needs is summed up before it.
function critical(phases: readonly PlannedPhase[], past: ReadonlyMap<string, PhaseHistory>): number {
  const ends = new Map<string, number>();
  let last = 0;
  for (const { id, needs, expected } of phases) {
    const start = needs.reduce((latest, need) => Math.max(latest, ends.get(need) ?? 0), 0);
    const end = start + (expected.tasks === 0 ? 0 : (past.get(id)?.taskMs ?? 0));
    ends.set(id, end);
    last = Math.max(last, end);
  }
  return last;
}
