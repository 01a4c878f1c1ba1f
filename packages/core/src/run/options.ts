import type { Meter, Tracer } from '@opentelemetry/api';
import type { Clock as CacheClock, Tier } from '@orc/cache';

import type { ModelClient } from '../ai/model-client.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { metricsObserver } from '../metrics/metrics-observer.ts';
import { boolean, checkFunctions, checkGroup, checkPositive, failOption, integer, limit } from './check-options.ts';
import type { RunObserver } from './run-observer.ts';
import type { RemotePhaseRunner } from './remote-port.ts';

/** Where results are kept. */
export interface OrchestratorCacheOptions {
  /** How long results stay in memory, in milliseconds. @defaultValue 1800000 (30 minutes) */
  readonly ttl?: number | undefined;
  /** The most results in memory. @defaultValue 1000 */
  readonly maxSize?: number | undefined;
  /** The folder tier, which outlives the process. @defaultValue false */
  readonly file?:
    | {
        /** The folder. */
        readonly dir: string;
        /** How long results stay, in milliseconds. @defaultValue 604800000 (7 days) */
        readonly ttl?: number | undefined;
        /** The most bytes. @defaultValue 268435456 (256 MB) */
        readonly maxBytes?: number | undefined;
      }
    | false
    | undefined;
  /** More tiers, such as Redis, after the folder. The orchestrator closes them. */
  readonly tiers?: readonly Tier[] | undefined;
}

/** Limits of every run. */
export interface OrchestratorLimits {
  /** More attempts of an `llm` or `io` phase that says nothing itself. @defaultValue 3 */
  readonly maxRetries?: number | undefined;
  /** Milliseconds that one attempt of a phase may take; 0 = no limit. @defaultValue 1800000 (30 minutes) */
  readonly phaseTimeout?: number | undefined;
  /** Milliseconds that a run may take; 0 = no limit. @defaultValue 14400000 (4 hours) */
  readonly totalTimeout?: number | undefined;
  /**
   * US dollars that the model calls of one run may cost, whatever their client; 0 = no limit. What a call may cost is set aside before it:
   * with `maxOutputTokens` the most that it can, else as much as the dearest call of its model so far, the first one alone. So a run exceeds it
   * only by what a call without `maxOutputTokens` costs more than all before it. A model whose price is not known is refused. @defaultValue 0
   */
  readonly budgetUsd?: number | undefined;
}

/** What is fetched before it is needed: nothing, the keys that are known, or also work on outputs that may turn out the same. */
export type PrefetchMode = 'off' | 'known' | 'speculative';

/** Options of `createOrchestrator`. Nothing is read from the environment. */
export interface OrchestratorOptions {
  /** `false`: strategy `standard`, one task at a time, no cache. @defaultValue true */
  readonly optimized?: boolean | undefined;
  /** The most tasks at once, over all runs; 0 = cores × 2. @defaultValue 0 */
  readonly maxWorkers?: number | undefined;
  /** Tasks that may wait per worker before producers are slowed down. @defaultValue 4 */
  readonly bufferSize?: number | undefined;
  /** Where results are kept; `false`: nowhere. @defaultValue memory alone */
  readonly cache?: OrchestratorCacheOptions | false | undefined;
  /** The model of `llm` phases. */
  readonly model?: ModelClient | undefined;
  /** Other models, by name, for phases that ask for one. */
  readonly models?: ((id: string) => ModelClient) | undefined;
  /** The data folder, which holds the sessions; `false`: no sessions, no artifacts on disk. @defaultValue false */
  readonly dataDir?: string | false | undefined;
  /** Limits of every run. */
  readonly limits?: OrchestratorLimits | undefined;
  /** What is fetched before it is needed. @defaultValue 'known' */
  readonly prefetch?: PrefetchMode | undefined;
  /** Speculate also with models that cost money, or whose price is not known. @defaultValue false */
  readonly speculatePriced?: boolean | undefined;
  /** Other machines. */
  readonly remote?: RemotePhaseRunner | undefined;
  /** Environment variables that phases may declare. @defaultValue none */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Gets the metrics of every run (OpenTelemetry). @defaultValue none */
  readonly meter?: Meter | undefined;
  /** Gets the spans of every run (OpenTelemetry): run → phase → model call. @defaultValue none */
  readonly tracer?: Tracer | undefined;
  /** Watches every run. @defaultValue nobody */
  readonly observers?: readonly RunObserver[] | undefined;
  /** Where time comes from. @defaultValue the real time */
  readonly clock?: Clock | undefined;
  /** Where jitter and session ids come from, numbers in [0, 1); never a result. @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
  /** Makes session ids. @defaultValue time and four random characters */
  readonly ids?: (() => string) | undefined;
  /** The machine's name in session locks. @defaultValue the system's */
  readonly hostname?: string | undefined;
  /** The process id in session locks. @defaultValue this process's */
  readonly pid?: number | undefined;
}

/** The options with every default filled in. */
export interface ResolvedOrchestratorOptions {
  readonly optimized: boolean;
  readonly maxWorkers: number;
  readonly bufferSize: number;
  readonly cache: OrchestratorCacheOptions | false;
  readonly model: ModelClient | undefined;
  readonly models: ((id: string) => ModelClient) | undefined;
  readonly dataDir: string | false;
  readonly maxRetries: number;
  readonly phaseTimeoutMs: number | undefined;
  readonly totalTimeoutMs: number | undefined;
  readonly budgetUsd: number | undefined;
  readonly prefetch: PrefetchMode;
  readonly speculatePriced: boolean;
  readonly remote: RemotePhaseRunner | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly observers: readonly RunObserver[];
  readonly clock: Clock & CacheClock;
  readonly random: () => number;
  readonly ids: (() => string) | undefined;
  readonly hostname: string | undefined;
  readonly pid: number | undefined;
}

const known =
  `optimized maxWorkers bufferSize cache model models dataDir limits prefetch speculatePriced remote env meter tracer observers
  clock random ids hostname pid`.split(/\s+/);

/** Checks the options once, before anything is opened. Throws `ERR_ORC_OPTION`. */
export function resolveOptions(options: OrchestratorOptions): ResolvedOrchestratorOptions {
  checkGroup('', options, known);
  const { limits = {}, cache = {}, prefetch = 'known' } = options;
  checkGroup('limits', limits, ['maxRetries', 'phaseTimeout', 'totalTimeout', 'budgetUsd']);
  if (cache !== false) checkCache(cache);
  if (!['off', 'known', 'speculative'].includes(prefetch))
    failOption('prefetch', 'off, known or speculative', prefetch);
  checkPorts(options);
  const dataDir = options.dataDir ?? false;
  if (dataDir !== false && (typeof dataDir !== 'string' || dataDir === ''))
    failOption('dataDir', 'a folder, or false', dataDir);
  return {
    optimized: boolean('optimized', options.optimized, true),
    maxWorkers: integer('maxWorkers', options.maxWorkers, 0),
    bufferSize: integer('bufferSize', options.bufferSize, 4),
    cache,
    model: options.model,
    models: options.models,
    dataDir,
    maxRetries: integer('limits.maxRetries', limits.maxRetries, 3),
    phaseTimeoutMs: limit('limits.phaseTimeout', limits.phaseTimeout, 1_800_000),
    totalTimeoutMs: limit('limits.totalTimeout', limits.totalTimeout, 14_400_000),
    budgetUsd: limit('limits.budgetUsd', limits.budgetUsd, 0),
    prefetch,
    speculatePriced: boolean('speculatePriced', options.speculatePriced, false),
    remote: options.remote,
    env: options.env ?? {},
    observers: observersOf(options),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    ids: options.ids,
    hostname: options.hostname,
    pid: options.pid,
  };
}

function checkCache(cache: OrchestratorCacheOptions): void {
  checkGroup('cache', cache, ['ttl', 'maxSize', 'file', 'tiers']);
  const { ttl, maxSize, file = false, tiers = [] } = cache;
  checkPositive('cache.ttl', ttl);
  integer('cache.maxSize', maxSize, 1, 1);
  if (file !== false) {
    checkGroup('cache.file', file, ['dir', 'ttl', 'maxBytes']);
    if (typeof file.dir !== 'string' || file.dir === '') failOption('cache.file.dir', 'a folder', file.dir);
    checkPositive('cache.file.ttl', file.ttl);
    checkPositive('cache.file.maxBytes', file.maxBytes);
  }
  if (!Array.isArray(tiers)) failOption('cache.tiers', 'an array of tiers', tiers);
  for (const [index, tier] of tiers.entries())
    checkFunctions(`cache.tiers[${index}]`, tier, 'a tier', ['get', 'set', 'delete', 'clear', 'close']);
}

// What is handed in from outside, by what will be asked of it.
function checkPorts({
  model,
  models,
  remote,
  env,
  observers,
  meter,
  tracer,
  clock,
  random,
  ids,
}: OrchestratorOptions): void {
  checkFunctions('model', model, 'a ModelClient', ['generate', 'stream', 'priceOf']);
  if (model !== undefined && typeof model.id !== 'string') failOption('model.id', 'a name', model.id);
  checkFunctions('remote', remote, 'a RemotePhaseRunner', ['connect', 'run', 'close']);
  checkFunctions('meter', meter, 'a Meter of OpenTelemetry', ['createHistogram', 'createCounter']);
  checkFunctions('tracer', tracer, 'a Tracer of OpenTelemetry', ['startSpan']);
  checkFunctions('clock', clock, 'a Clock', ['now', 'setTimeout', 'clearTimeout']);
  if (env !== undefined && (typeof env !== 'object' || env === null)) failOption('env', 'an object', env);
  if (observers !== undefined && !Array.isArray(observers)) failOption('observers', 'an array', observers);
  for (const [index, observer] of (observers ?? []).entries())
    checkFunctions(`observers[${index}]`, observer, 'a RunObserver', ['observe']);
  for (const [path, value] of Object.entries({ models, random, ids }))
    if (value !== undefined && typeof value !== 'function') failOption(path, 'a function', value);
}

function observersOf({ observers = [], meter, tracer }: OrchestratorOptions): readonly RunObserver[] {
  return meter === undefined && tracer === undefined ? observers : [...observers, metricsObserver({ meter, tracer })];
}
