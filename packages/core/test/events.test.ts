import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, type OrcEvent } from '../src/index.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const first = definePhase({
  id: 'first',
  kind: 'compute',
  run: ({ report, delta }) => (report({ message: 'half', fraction: 0.5 }), delta('text'), 1),
});
const second = definePhase({ id: 'second', kind: 'compute', needs: { first }, run: () => 2 });

test('a run can be iterated for its events, from the first to the last', async () => {
  await using orchestrator = createOrchestrator();
  const types: string[] = [];
  for await (const event of orchestrator.run(pipelineOf(first, second), request)) types.push(event.type);
  expect(types[0]).toBe('run-start');
  expect(types).toContain('task-progress');
  expect(types).toContain('task-delta');
  expect(types.at(-1)).toBe('run-end');
});

test('an iteration can be left, and the run goes on', async () => {
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(first, second), request);
  for await (const event of run) if (event.type === 'run-start') break;
  expect((await run.result).status).toBe('succeeded');
});

test('time goes forward in the events of a run', async () => {
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(first, second), request);
  const events: OrcEvent[] = [];
  run.subscribe((event) => events.push(event));
  await run.result;
  const elapsed = events.map(({ elapsedMs }) => elapsedMs);
  expect(elapsed).toEqual(elapsed.toSorted((a, b) => a - b));
});

test('a subscription can be taken back, and does not hold the run up', async () => {
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(first, second), request);
  const seen: string[] = [];
  const stop = run.subscribe(({ type }) => {
    seen.push(type);
    stop();
  });
  await run.result;
  expect(seen).toEqual(['run-start']);
});

test('the same events go to the diagnostics channel orc:pipeline', async () => {
  const seen: unknown[] = [];
  const listener = (event: unknown): void => {
    seen.push((event as OrcEvent).type);
  };
  subscribe('orc:pipeline', listener);
  try {
    await using orchestrator = createOrchestrator();
    await orchestrator.run(pipelineOf(first, second), request).result;
  } finally {
    unsubscribe('orc:pipeline', listener);
  }
  expect([seen[0], seen.at(-1)]).toEqual(['run-start', 'run-end']);
});
