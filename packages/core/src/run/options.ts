import type { Meter, Tracer } from '@opentelemetry/api';
import type { Clock as CacheClock, Tier } from '@orc/cache';

import type { ModelClient } from '../ai/model-client.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { OrcError, shown } from '../errors.ts';
import { metricsObserver } from '../metrics/metrics-observer.ts';
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
  /** US dollars that a run may spend on model calls: no call starts after that; 0 = no limit. @defaultValue 0 */
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

const known = new Set(
  `optimized maxWorkers bufferSize cache model models dataDir limits prefetch speculatePriced remote env meter tracer observers clock random ids hostname pid`.split(
    ' ',
  ),
);

/** Checks the options once, before anything is opened. Throws `ERR_ORC_OPTION`. */
export function resolveOptions(options: OrchestratorOptions): ResolvedOrchestratorOptions {
  for (const name of Object.keys(options))
    if (!known.has(name)) fail(name, 'an option', (options as Record<string, unknown>)[name]);
  const { limits = {}, cache = {}, prefetch = 'known' } = options;
  for (const name of Object.keys(limits)) {
    if (!['maxRetries', 'phaseTimeout', 'totalTimeout', 'budgetUsd'].includes(name))
      fail(`limits.${name}`, 'an option', name);
  }
  if (!['off', 'known', 'speculative'].includes(prefetch)) fail('prefetch', 'off, known or speculative', prefetch);
  const model = options.model;
  if (model !== undefined && (typeof model.id !== 'string' || typeof model.generate !== 'function'))
    fail('model', 'a ModelClient', model);
  const dataDir = options.dataDir ?? false;
  if (dataDir !== false && (typeof dataDir !== 'string' || dataDir === ''))
    fail('dataDir', 'a folder, or false', dataDir);
  if (cache !== false && typeof cache !== 'object') fail('cache', 'an object, or false', cache);
  return {
    optimized: boolean('optimized', options.optimized, true),
    maxWorkers: integer('maxWorkers', options.maxWorkers, 0),
    bufferSize: integer('bufferSize', options.bufferSize, 4),
    cache,
    model,
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

function observersOf({ observers = [], meter, tracer }: OrchestratorOptions): readonly RunObserver[] {
  return meter === undefined && tracer === undefined ? observers : [...observers, metricsObserver({ meter, tracer })];
}

function fail(path: string, expected: string, got: unknown): never {
  throw new OrcError('ERR_ORC_OPTION', `Expected \`${path}\` to be ${expected}, got ${shown(got)}`);
}

function boolean(path: string, value: boolean | undefined, fallback: boolean): boolean {
  if (value !== undefined && typeof value !== 'boolean') fail(path, 'true or false', value);
  return value ?? fallback;
}

function integer(path: string, value: number | undefined, fallback: number): number {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) fail(path, 'an integer >= 0', value);
  return value ?? fallback;
}

function limit(path: string, value: number | undefined, fallback: number): number | undefined {
  if (value !== undefined && !(typeof value === 'number' && value >= 0)) fail(path, 'a number >= 0', value);
  const chosen = value ?? fallback;
  return chosen === 0 || chosen === Infinity ? undefined : chosen;
}
