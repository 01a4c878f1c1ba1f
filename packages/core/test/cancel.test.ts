import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase, type OrcEvent } from '../src/index.ts';
import { ofType } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test('a run is cancelled when its children have ended, and not before', async () => {
  const started = deferred();
  const cleanedUp = deferred();
  const order: string[] = [];
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: async ({ signal }) => {
      started.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await cleanedUp.promise;
      order.push('child ended');
      return 'done anyway';
    },
  });
  const after = definePhase({ id: 'after', kind: 'compute', needs: { phase }, run: () => order.push('after') });
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(phase, after), request);
  const result = run.result.then((value) => {
    order.push('run ended');
    return value;
  });
  await started.promise;
  const reason = new Error('enough');
  run.cancel(reason);
  run.cancel(new Error('a second time changes nothing'));
  await new Promise(setImmediate);
  expect(order).toEqual([]);
  cleanedUp.resolve();
  expect(await result).toMatchObject({ status: 'cancelled', text: '', error: { message: 'enough' } });
  expect(order).toEqual(['child ended', 'run ended']);
  // Nothing of it was kept.
  const again = orchestrator.run(pipelineOf(definePhase({ id: 'phase', kind: 'compute', run: () => 1 })), request);
  expect((await again.result).cache.hits).toBe(0);
});

test("the caller's signal cancels with its own reason, on every path without a listener left", async () => {
  const controller = new AbortController();
  const reason = new DOMException('stop', 'AbortError');
  const started = deferred();
  const seen: unknown[] = [];
  const phase = definePhase({
    id: 'phase',
    kind: 'io',
    run: ({ signal }) =>
      new Promise<string>((_, reject) => {
        started.resolve();
        signal.addEventListener('abort', () => {
          seen.push(signal.reason);
          reject(signal.reason as Error);
        });
      }),
  });
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(phase), request, { signal: controller.signal });
  await started.promise;
  controller.abort(reason);
  expect((await run.result).status).toBe('cancelled');
  expect(seen).toEqual([reason]);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  const again = orchestrator.run(pipelineOf(phase), request, { signal: controller.signal });
  expect(await again.result).toMatchObject({ status: 'cancelled', error: { message: 'stop' } });
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('a paused run starts nothing more, and goes on where it was', async () => {
  const first = definePhase({ id: 'first', kind: 'compute', run: () => 1 });
  const ran: string[] = [];
  const second = definePhase({ id: 'second', kind: 'compute', needs: { first }, run: () => ran.push('second') });
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(first, second), request);
  const events: OrcEvent[] = [];
  run.subscribe((event) => {
    events.push(event);
    if (event.type === 'phase-end' && event.phase === 'first') run.pause();
  });
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(ran).toEqual([]);
  run.pause();
  run.unpause();
  expect((await run.result).status).toBe('succeeded');
  expect(ran).toEqual(['second']);
  expect(ofType(events, 'run-pause')).toHaveLength(1);
  expect(ofType(events, 'run-continue')).toHaveLength(1);
});

test('a paused run can be cancelled', async () => {
  const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(phase), request);
  run.pause();
  await new Promise(setImmediate);
  run.cancel();
  expect(await run.result).toMatchObject({ status: 'cancelled', error: { code: 'ERR_ORC_CANCELLED' } });
});

test('closing the orchestrator cancels what runs, waits for it, and refuses what comes', async () => {
  const started = deferred();
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: ({ signal }) =>
      new Promise<string>((_, reject) => {
        started.resolve();
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  });
  const orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(phase), request);
  await started.promise;
  const closing = orchestrator.close();
  expect(orchestrator.close()).toBe(closing);
  await closing;
  expect(await run.result).toMatchObject({ status: 'cancelled', error: { code: 'ERR_ORC_CLOSED' } });
  expect(() => orchestrator.run(pipelineOf(phase), request)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_CLOSED' }),
  );
});

test('one run that is cancelled leaves another one alone that waits for the same work', async () => {
  const started = deferred();
  const go = deferred();
  let runs = 0;
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: async () => {
      runs += 1;
      started.resolve();
      await go.promise;
      return 'shared';
    },
  });
  await using orchestrator = createOrchestrator();
  const one = orchestrator.run(pipelineOf(phase), request);
  await started.promise;
  const two = orchestrator.run(pipelineOf(phase), request);
  const events: OrcEvent[] = [];
  two.subscribe((event) => events.push(event));
  await new Promise(setImmediate);
  one.cancel();
  expect((await one.result).status).toBe('cancelled');
  go.resolve();
  expect((await two.result).text).toBe('"shared"');
  expect(runs).toBe(1);
  expect(ofType(events, 'task-end')[0]).toMatchObject({ source: 'shared' });
});
