import type { Counter, Gauge, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';

/** The instruments of a meter. Names and units follow the conventions of OpenTelemetry; those of model calls are its own `gen_ai` ones. */
export interface Instruments {
  /** `orc.run.duration`, seconds. */
  readonly runDuration: Histogram;
  /** `orc.run.active`, runs. */
  readonly activeRuns: UpDownCounter;
  /** `orc.phase.duration`, seconds. */
  readonly phaseDuration: Histogram;
  /** `orc.task.duration`, seconds. */
  readonly taskDuration: Histogram;
  /** `orc.task.retries`, retries. */
  readonly retries: Counter;
  /** `orc.cache.hits`, hits, by tier. */
  readonly cacheHits: Counter;
  /** `orc.cache.misses`, misses. */
  readonly cacheMisses: Counter;
  /** `orc.queue.depth`, tasks that wait for a worker. */
  readonly queueDepth: Gauge;
  /** `orc.pool.utilization`, the part of the workers that is busy, 0 to 1. */
  readonly poolUtilization: Gauge;
  /** `orc.pool.threads`, worker threads that are busy. */
  readonly poolThreads: Gauge;
  /** `orc.model.cost`, US dollars. */
  readonly cost: Counter;
  /** `orc.degradations`, things that a run went without. */
  readonly degradations: Counter;
  /** `gen_ai.client.token.usage`, tokens of a call. */
  readonly tokens: Histogram;
  /** `gen_ai.client.operation.duration`, seconds of a call. */
  readonly callDuration: Histogram;
}

// From a hit in memory to a phase that writes a novel.
const seconds = [0.0001, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];
// The two that the conventions ask for.
const callSeconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenCounts = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** Makes the instruments of a meter. */
export function createInstruments(meter: Meter): Instruments {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  const counter = (name: string, unit: string, description: string): Counter =>
    meter.createCounter(name, { unit, description });
  const gauge = (name: string, unit: string, description: string): Gauge =>
    meter.createGauge(name, { unit, description });
  return {
    runDuration: histogram('orc.run.duration', 's', 'Duration of runs', seconds),
    activeRuns: meter.createUpDownCounter('orc.run.active', { unit: '{run}', description: 'Runs that are going on' }),
    phaseDuration: histogram(
      'orc.phase.duration',
      's',
      'Duration of phases, from the start of the first task to the end of the last',
      seconds,
    ),
    taskDuration: histogram('orc.task.duration', 's', 'Duration of tasks', seconds),
    retries: counter('orc.task.retries', '{retry}', 'Attempts that failed and were made again'),
    cacheHits: counter('orc.cache.hits', '{hit}', 'Tasks whose output came from the cache'),
    cacheMisses: counter('orc.cache.misses', '{miss}', 'Tasks that the cache was asked for in vain'),
    queueDepth: gauge('orc.queue.depth', '{task}', 'Tasks that wait for a worker'),
    poolUtilization: gauge('orc.pool.utilization', '1', 'The part of the workers that is busy'),
    poolThreads: gauge('orc.pool.threads', '{thread}', 'Worker threads that are busy'),
    cost: counter('orc.model.cost', '{USD}', 'Cost of model calls, where a price is known'),
    degradations: counter('orc.degradations', '{degradation}', 'Things that runs went without'),
    tokens: histogram('gen_ai.client.token.usage', '{token}', 'Tokens of a model call', tokenCounts),
    callDuration: histogram('gen_ai.client.operation.duration', 's', 'Duration of model calls', callSeconds),
  };
}
