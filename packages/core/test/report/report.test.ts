import { expect, test } from 'vitest';

import { ReportBuilder, buildReport } from '../../src/report/report-builder.ts';
import { EventLog, epoch, phase } from './event-log.ts';

const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20 };

// plot → two scenes at once (the second slower) → book, which the cache has.
function log(): EventLog {
  return new EventLog()
    .start([phase('plot'), phase('scene', ['plot'], { fanOut: true }), phase('book', ['scene'], { kind: 'compute' })])
    .at(0, { type: 'task-miss', task: 'plot', phase: 'plot', reason: 'never seen' })
    .task('plot', 0, 100)
    .at(90, {
      type: 'model-end',
      task: 'plot',
      phase: 'plot',
      model: 'openai/gpt-x',
      durationMs: 80,
      usage,
      costUsd: 0.5,
      attempts: 1,
      finishReason: 'stop',
    })
    .at(101, { type: 'phase-expand', phase: 'scene', tasks: 2, final: true })
    .task('scene[1]', 110, 160, { threadId: 3 })
    .task('scene[2]', 110, 210, { attempts: 2 })
    .at(150, {
      type: 'task-retry',
      task: 'scene[2]',
      phase: 'scene',
      attempt: 1,
      delayMs: 5,
      error: { code: 'ERR_Y', message: 'busy' },
    })
    .at(120, { type: 'sample', running: 2, runningThreads: 1, queued: 4, workers: 2, heapBytes: 50, rssBytes: 80 })
    .at(130, { type: 'sample', running: 2, runningThreads: 0, queued: 1, workers: 2, heapBytes: 70, rssBytes: 75 })
    .at(220, { type: 'task-start', task: 'book', phase: 'book', key: 'k', lane: 'compute' })
    .at(221, { type: 'task-hit', task: 'book', phase: 'book', tier: 'file', storedAt: 1, savedMs: 301, savedUsd: 0.25 })
    .at(221, {
      type: 'task-end',
      task: 'book',
      phase: 'book',
      status: 'fulfilled',
      source: 'cache',
      durationMs: 1,
      attempts: 0,
    })
    .at(222, {
      type: 'phase-end',
      phase: 'book',
      status: 'fulfilled',
      durationMs: 1,
      tasks: 1,
      cache: { hits: 1, misses: 0 },
    })
    .at(
      222,
      { type: 'artifact-write', path: 'b.md', bytes: 3, sha256: 'x' },
      { type: 'artifact-write', path: 'a.md', bytes: 4, sha256: 'y' },
    )
    .at(223, { type: 'degrade', what: 'cache', message: 'memory only' })
    .end(250);
}

test('the report tells time, cache, tokens and cost of the run and of each phase', () => {
  const report = buildReport(log().sorted);
  expect(report).toMatchObject({
    schema: 'orc.report/1',
    sessionId: 's1',
    status: 'succeeded',
    startedAt: epoch,
    durationMs: 250,
    seed: 7,
  });
  expect(report.cache).toEqual({ hits: 1, misses: 1, hitRatio: 0.5, tiers: { file: 1 } });
  expect(report.usage).toEqual({ calls: 1, ...usage, costUsd: 0.5, modelMs: 80 });
  expect(report.models).toEqual([{ model: 'openai/gpt-x', calls: 1, ...usage, costUsd: 0.5, modelMs: 80 }]);
  expect(
    report.phases.map(({ id, startMs, durationMs, workMs, attempts, retries }) => ({
      id,
      startMs,
      durationMs,
      workMs,
      attempts,
      retries,
    })),
  ).toEqual([
    { id: 'plot', startMs: 0, durationMs: 100, workMs: 100, attempts: 1, retries: 0 },
    { id: 'scene', startMs: 110, durationMs: 100, workMs: 150, attempts: 3, retries: 1 },
    { id: 'book', startMs: 220, durationMs: 1, workMs: 0, attempts: 0, retries: 0 },
  ]);
  expect(report.phases[1]?.tasks).toEqual({
    total: 2,
    executed: 2,
    cached: 0,
    restored: 0,
    skipped: 0,
    failed: 0,
    cancelled: 0,
  });
  expect(report.phases[2]).toMatchObject({
    status: 'fulfilled',
    tasks: { cached: 1, executed: 0 },
    cache: { hitRatio: 1 },
  });
  expect(report.memory).toEqual({ peakHeapBytes: 70, peakRssBytes: 80, samples: 2 });
  expect(report.artifacts.map(({ path }) => path)).toEqual(['a.md', 'b.md']);
  expect(report.degradations).toEqual([{ what: 'cache', message: 'memory only', atMs: 223 }]);
  expect(report.retries).toEqual([
    { atMs: 150, task: 'scene[2]', attempt: 1, delayMs: 5, error: { code: 'ERR_Y', message: 'busy' } },
  ]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(JSON.parse(JSON.stringify(buildReport(log().sorted))));
});

test('the timeline has a row for everything that ran at once', () => {
  const { tasks } = buildReport(log().sorted);
  expect(tasks.map(({ task, lane, row, startMs, endMs }) => [task, lane, row, startMs, endMs])).toEqual([
    ['plot', 'io', 0, 0, 100],
    ['scene[1]', 'io', 0, 110, 160],
    ['scene[2]', 'io', 1, 110, 210],
    ['book', 'compute', 0, 220, 221],
  ]);
  expect(tasks[0]).toMatchObject({ calls: 1, inputTokens: 100, costUsd: 0.5, missReason: 'never seen' });
  expect(tasks[1]).toMatchObject({ threadId: 3 });
  expect(tasks[3]).toMatchObject({ tier: 'file', source: 'cache' });
});

test('the report tells what the cache and the parallelism saved', () => {
  const { savings } = buildReport(log().sorted);
  expect(savings).toEqual({ cacheMs: 300, cacheUsd: 0.25, cacheUnknown: 0, parallelMs: 50, speculationMs: 0 });
});

test('the critical path leads through the slower scene', () => {
  const { criticalPath } = buildReport(log().sorted);
  expect(criticalPath).toEqual({
    workMs: 201,
    waitMs: 20,
    tasks: [
      { task: 'plot', phase: 'plot', startMs: 0, endMs: 100, waitMs: 0 },
      { task: 'scene[2]', phase: 'scene', startMs: 110, endMs: 210, waitMs: 10 },
      { task: 'book', phase: 'book', startMs: 220, endMs: 221, waitMs: 10 },
    ],
  });
});

test('an item-wise edge leads to the own item, though another one ended later', () => {
  const { criticalPath } = buildReport(
    new EventLog()
      .start([phase('a', [], { fanOut: true }), phase('b', ['a'], { fanOut: true, itemNeeds: ['a'] })])
      .task('a[1]', 0, 50)
      .task('a[2]', 0, 60)
      .task('b[1/x]', 70, 200)
      .end(200).sorted,
  );
  expect(criticalPath.tasks.map(({ task }) => task)).toEqual(['a[1]', 'b[1/x]']);
});

test('the use of the workers is told over time', () => {
  const { concurrency } = buildReport(log().sorted);
  expect(concurrency).toMatchObject({
    workers: 2,
    average: 1,
    peak: 2,
    peakThreads: 1,
    peakQueued: 4,
    utilisation: 0.5,
  });
  expect(concurrency.timeline).toHaveLength(100);
  const at = (ms: number): number | undefined => concurrency.timeline.findLast(({ atMs }) => atMs <= ms)?.running;
  expect([at(50), at(140), at(180), at(240)]).toEqual([1, 2, 1, 0]);
});

test('a report can be made while the run goes, and of a failure', () => {
  const builder = new ReportBuilder();
  expect(builder.build()).toMatchObject({ status: 'running', tasks: [], durationMs: 0 });
  for (const event of log().sorted.slice(0, 4)) builder.add(event);
  expect(builder.build()).toMatchObject({ status: 'running', durationMs: 90 });
  const failed = buildReport(
    new EventLog()
      .start([phase('a')])
      .task('a', 0, 10, { status: 'failed', error: { code: 'ERR_X', message: 'no' } })
      .end(11, 'failed').sorted,
  );
  expect(failed).toMatchObject({
    status: 'failed',
    error: { code: 'ERR_X' },
    phases: [{ tasks: { failed: 1, executed: 0 } }],
  });
  expect(failed.tasks[0]?.error?.code).toBe('ERR_X');
});

test('an unpriced call makes the cost unknown, not zero', () => {
  const call = {
    type: 'model-end',
    task: 'a',
    phase: 'a',
    model: 'm',
    durationMs: 1,
    usage,
    attempts: 1,
    finishReason: 'stop',
  } as const;
  const report = buildReport(
    new EventLog()
      .start([phase('a')])
      .at(1, { ...call, costUsd: 1 }, { ...call, costUsd: null })
      .task('a', 0, 2)
      .end(3).sorted,
  );
  expect([report.usage.costUsd, report.phases[0]?.usage.costUsd, report.tasks[0]?.costUsd]).toEqual([null, null, null]);
});

test('pauses and speculation are counted', () => {
  const report = buildReport(
    new EventLog()
      .start([phase('a')])
      .at(5, { type: 'prefetch-start', mode: 'known', keys: 3 })
      .at(6, { type: 'prefetch-end', mode: 'known', found: 2 })
      .at(10, { type: 'run-pause' })
      .at(30, { type: 'run-continue' })
      .at(
        40,
        { type: 'speculation-start', task: 'a', phase: 'a' },
        { type: 'speculation-start', task: 'b', phase: 'a' },
      )
      .at(50, { type: 'speculation-end', task: 'a', phase: 'a', kept: true, savedMs: 9 })
      .at(50, { type: 'speculation-end', task: 'b', phase: 'a', kept: false, savedMs: 0 })
      .at(60, { type: 'run-pause' })
      .end(65).sorted,
  );
  expect(report.pausedMs).toBe(25);
  expect(report.prefetch).toEqual({ keys: 3, found: 2, speculated: 2, kept: 1 });
  expect(report.savings.speculationMs).toBe(9);
});
