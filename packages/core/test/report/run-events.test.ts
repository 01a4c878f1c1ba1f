import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { buildReport, createOrchestrator, metricsObserver } from '../../src/index.ts';
import type { OrcEvent, OrchestratorOptions, RunResult } from '../../src/index.ts';
import { echoModel, killRequest } from '../kill/pipeline.mjs';
import { pipelineOf } from '../session/resume-support.ts';

async function twice(
  dir: string,
  options: OrchestratorOptions = {},
): Promise<readonly { readonly events: readonly OrcEvent[]; readonly result: RunResult }[]> {
  await using orchestrator = createOrchestrator({ model: echoModel(0), maxWorkers: 4, dataDir: dir, ...options });
  const runs = [];
  for (let round = 0; round < 2; round += 1) {
    const run = orchestrator.run(pipelineOf(`${dir}/log`), killRequest);
    const events: OrcEvent[] = [];
    run.subscribe((event) => events.push(event));
    runs.push({ events, result: await run.result });
  }
  return runs;
}

test('the report of a real run accounts for every task, and that of its repetition for what the cache saved', async () => {
  using folder = temporaryFolder();
  const runs = await twice(folder.dir);
  const [first, second] = runs.map(({ events }) => buildReport(events));
  if (first === undefined || second === undefined) throw new Error('two runs, two reports');
  expect([first.status, second.status]).toEqual(['succeeded', 'succeeded']);
  // 1 plan, 10 parts, 20 pieces, 10 counts, 9 drafts and one left out, polish, book.
  expect(first.tasks).toHaveLength(53);
  expect(first.phases.map(({ id, tasks }) => [id, tasks.total, tasks.executed, tasks.skipped])).toEqual([
    ['plan', 1, 1, 0],
    ['part', 10, 10, 0],
    ['piece', 20, 20, 0],
    ['words', 10, 10, 0],
    ['draft', 10, 9, 1],
    ['polish', 1, 1, 0],
    ['book', 1, 1, 0],
  ]);
  expect(first.usage).toMatchObject({ calls: 9, outputTokens: 9, costUsd: 0 });
  expect(first.cache).toMatchObject({ hits: 0, misses: 52 });
  expect(first.criticalPath.tasks.at(0)?.phase).toBe('plan');
  expect(first.criticalPath.tasks.at(-1)?.phase).toBe('book');
  expect(first.concurrency.peak).toBeGreaterThan(1);
  expect(first.concurrency.peak).toBeLessThanOrEqual(4);
  expect(first.artifacts).toHaveLength(22);
  expect(second.cache).toMatchObject({ hits: 52, misses: 0, hitRatio: 1, tiers: { memory: 52 } });
  expect(second.usage.calls).toBe(0);
  expect(second.savings.cacheMs).toBeGreaterThan(0);
  expect(second.savings.cacheUnknown).toBe(0);
  expect(runs.map(({ result }) => result.report.tasks.length)).toEqual([53, 53]);
});

test('the events of a real run are in order: nothing ends that has not begun, and everything ends', async () => {
  using folder = temporaryFolder();
  for (const { events } of await twice(folder.dir)) {
    const types = events.map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['run-start', 'run-end']);
    const phases = new Set<string>();
    const tasks = new Set<string>();
    let elapsedMs = 0;
    for (const event of events) {
      expect(event.elapsedMs).toBeGreaterThanOrEqual(elapsedMs);
      elapsedMs = event.elapsedMs;
      if (event.type === 'phase-start') phases.add(event.phase);
      if (event.type === 'phase-end') expect(phases.delete(event.phase)).toBe(true);
      if (event.type === 'task-start') tasks.add(event.task);
      if (event.type === 'task-hit' || event.type === 'task-miss') expect(tasks).toContain(event.task);
      if (event.type === 'task-end' && event.status === 'fulfilled') expect(tasks.delete(event.task)).toBe(true);
    }
    expect([...phases, ...tasks]).toEqual([]);
  }
});

test('an observer of an orchestrator makes spans of every run', async () => {
  using folder = temporaryFolder();
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  await twice(folder.dir, { observers: [metricsObserver({ tracer: provider.getTracer('orc') })] });
  const spans = exporter.getFinishedSpans();
  const count = (start: string): number => spans.filter(({ name }) => name.startsWith(start)).length;
  expect([count('run killed'), count('phase '), count('chat echo')]).toEqual([2, 14, 9]);
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(2);
  await provider.shutdown();
});
