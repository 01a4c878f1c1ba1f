import { SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';

import type { OrcEvent } from '../../src/events.ts';
import { metricsObserver } from '../../src/metrics/metrics-observer.ts';
import { EventLog, epoch, phase } from '../report/event-log.ts';

const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20 };
const call = { type: 'model-end', task: 'plot', phase: 'plot', model: 'google/gemini-x', usage, attempts: 1 } as const;

function log(): readonly OrcEvent[] {
  return new EventLog()
    .start([phase('plot'), phase('book', ['plot'], { kind: 'compute' })])
    .at(0, { type: 'phase-start', phase: 'plot' }, { type: 'task-miss', task: 'plot', phase: 'plot', reason: 'new' })
    .at(10, { type: 'sample', running: 1, runningThreads: 0, queued: 3, workers: 4, heapBytes: 1, rssBytes: 1 })
    .task('plot', 0, 100, { attempts: 2 })
    .at(40, { ...call, durationMs: 30, costUsd: null, finishReason: 'error' })
    .at(50, {
      type: 'task-retry',
      task: 'plot',
      phase: 'plot',
      attempt: 1,
      delayMs: 5,
      error: { code: 'ERR_Y', message: 'busy' },
    })
    .at(90, { ...call, durationMs: 35, costUsd: 0.5, finishReason: 'stop' })
    .at(100, {
      type: 'phase-end',
      phase: 'plot',
      status: 'fulfilled',
      durationMs: 100,
      tasks: 1,
      cache: { hits: 0, misses: 1 },
    })
    .at(100, { type: 'phase-start', phase: 'book' }, { type: 'degrade', what: 'cache', message: 'memory only' })
    .at(101, { type: 'task-hit', task: 'book', phase: 'book', tier: 'file', storedAt: 1 })
    .task('book', 100, 102, { status: 'failed', error: { code: 'ERR_X', message: 'no' } })
    .at(103, {
      type: 'phase-end',
      phase: 'book',
      status: 'failed',
      durationMs: 3,
      tasks: 1,
      cache: { hits: 1, misses: 0 },
    })
    .end(110, 'failed').sorted;
}

async function measured(
  events: readonly OrcEvent[],
): Promise<Map<string, { readonly unit: string; readonly points: readonly (readonly [object, unknown])[] }>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  const listener = metricsObserver({ meter: provider.getMeter('orc') }).observe({ sessionId: 's1' });
  for (const event of events) listener(event);
  await provider.forceFlush();
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  await provider.shutdown();
  return new Map(
    metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      {
        unit: descriptor.unit,
        points: dataPoints.map(
          ({ attributes, value }) =>
            [attributes, typeof value === 'object' ? { count: value.count, sum: value.sum } : value] as const,
        ),
      },
    ]),
  );
}

test('events become measurements, with the names and units of the conventions', async () => {
  const metrics = await measured(log());
  const plot = { 'orc.pipeline.id': 'book', 'orc.phase.id': 'plot', 'orc.phase.kind': 'llm' };
  const book = { 'orc.pipeline.id': 'book', 'orc.phase.id': 'book', 'orc.phase.kind': 'compute' };
  const model = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.request.model': 'gemini-x',
  };
  expect(Object.fromEntries(metrics)).toMatchObject({
    'orc.run.duration': {
      unit: 's',
      points: [
        [
          { 'orc.status': 'failed', 'error.type': 'ERR_X' },
          { count: 1, sum: 0.11 },
        ],
      ],
    },
    'orc.run.active': { unit: '{run}', points: [[{ 'orc.pipeline.id': 'book' }, 0]] },
    'orc.phase.duration': {
      unit: 's',
      points: [
        [{ ...plot, 'orc.status': 'fulfilled' }, { sum: 0.1 }],
        [{ ...book, 'orc.status': 'failed' }, { sum: 0.003 }],
      ],
    },
    'orc.cache.hits': { unit: '{hit}', points: [[{ ...book, 'orc.cache.tier': 'file' }, 1]] },
    'orc.cache.misses': { unit: '{miss}', points: [[plot, 1]] },
    'orc.task.retries': { unit: '{retry}', points: [[{ ...plot, 'error.type': 'ERR_Y' }, 1]] },
    'orc.model.cost': { unit: '{USD}', points: [[{ ...model, ...plot }, 0.5]] },
    'orc.degradations': { points: [[{ 'orc.degradation': 'cache' }, 1]] },
    'gen_ai.client.token.usage': {
      unit: '{token}',
      points: [
        [
          { ...model, 'gen_ai.token.type': 'input' },
          { count: 2, sum: 200 },
        ],
        [
          { ...model, 'gen_ai.token.type': 'output' },
          { count: 2, sum: 40 },
        ],
      ],
    },
    'gen_ai.client.operation.duration': {
      unit: 's',
      points: [
        [{ ...model, 'error.type': '_OTHER' }, { sum: 0.03 }],
        [model, { sum: 0.035 }],
      ],
    },
  });
});

test('queue and pool are told while something runs, and are empty when nothing does', async () => {
  const events = log();
  const running = await measured(events.slice(0, events.findIndex(({ type }) => type === 'sample') + 1));
  expect([running.get('orc.queue.depth')?.points[0]?.[1], running.get('orc.pool.utilization')?.points[0]?.[1]]).toEqual(
    [3, 0.25],
  );
  const ended = await measured(events);
  expect([ended.get('orc.queue.depth')?.points[0]?.[1], ended.get('orc.pool.utilization')?.points[0]?.[1]]).toEqual([
    0, 0,
  ]);
});

test('events become spans: run, phase, model call', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const listener = metricsObserver({ tracer: provider.getTracer('orc') }).observe({ sessionId: 's1' });
  for (const event of log()) listener(event);
  await provider.forceFlush();
  const spans = exporter.getFinishedSpans();
  const parentOf = (span: (typeof spans)[number]): string | undefined =>
    spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)?.name;
  expect(spans.map((span) => [span.name, parentOf(span)])).toEqual([
    ['chat gemini-x', 'phase plot'],
    ['chat gemini-x', 'phase plot'],
    ['phase plot', 'run book'],
    ['phase book', 'run book'],
    ['run book', undefined],
  ]);
  const [failedCall, goodCall, plot, book, run] = spans;
  expect(failedCall?.status.code).toBe(SpanStatusCode.ERROR);
  expect(goodCall?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.request.model': 'gemini-x',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 20,
    'orc.model.cost': 0.5,
  });
  expect(plot?.events.map(({ name }) => name)).toEqual(['retry']);
  expect(book?.status.code).toBe(SpanStatusCode.ERROR);
  expect(run?.attributes).toMatchObject({ 'orc.session.id': 's1', 'orc.status': 'failed', 'error.type': 'ERR_X' });
  const milliseconds = ([seconds, nanos]: readonly [number, number]): number => seconds * 1000 + nanos / 1e6;
  expect(run && [milliseconds(run.startTime) - epoch, milliseconds(run.duration)]).toEqual([0, 110]);
  expect(goodCall && [milliseconds(goodCall.startTime) - epoch, milliseconds(goodCall.duration)]).toEqual([55, 35]);
  await provider.shutdown();
});

test('without meter and tracer it costs nothing and says nothing', () => {
  const listener = metricsObserver({}).observe({ sessionId: 's' });
  for (const event of log()) expect(listener(event)).toBeUndefined();
});
