import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { controllableTask } from '../src/testing/index.ts';

const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }] });

test('a cancelled run aborts what runs and starts nothing more; every node says so', async () => {
  const task = controllableTask();
  const run = runGraph(graph, { execute: (_node, context) => task.work(context) });
  const call = await task.next();
  call.signal.addEventListener('abort', () => call.reject(call.signal.reason));
  const reason = { why: 'changed my mind' };
  run.cancel(reason);
  const { outcomes, status } = await run.result;
  expect(status).toBe('cancelled');
  expect(call.signal.reason).toBe(reason);
  expect(Object.fromEntries(outcomes)).toEqual({
    a: { status: 'cancelled', reason },
    b: { status: 'cancelled', reason },
  });
});

test('a signal cancels the run, with one listener that does not stay', async () => {
  const controller = new AbortController();
  const task = controllableTask();
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const run = runGraph(graph, {
    scheduler,
    signal: controller.signal,
    execute: (_node, context) => task.work(context),
  });
  const call = await task.next();
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  call.signal.addEventListener('abort', () => call.resolve());
  controller.abort('stop');
  const { outcomes, status } = await run.result;
  expect(status).toBe('cancelled');
  expect(outcomes.get('a')).toEqual({ status: 'fulfilled', value: undefined });
  expect(outcomes.get('b')).toEqual({ status: 'cancelled', reason: 'stop' });
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('a signal that is aborted already lets nothing start', async () => {
  let ran = false;
  const { status, outcomes } = await runGraph(graph, {
    signal: AbortSignal.abort('before'),
    execute: () => void (ran = true),
  }).result;
  expect([status, ran, outcomes.size]).toEqual(['cancelled', false, 2]);
});

test('a run that ends by itself leaves no listener and no ticket behind', async () => {
  const { signal } = new AbortController();
  const scheduler = new Scheduler({ maxWorkers: 2 });
  await runGraph(graph, { scheduler, signal, execute: () => 1 }).result;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('cancelling twice, or after the end, changes nothing', async () => {
  const run = runGraph(graph, { execute: () => 1 });
  const { status } = await run.result;
  run.cancel('too late');
  run.cancel('again');
  expect(status).toBe('succeeded');
});

test('a failed node is not tried again once the run is cancelled', async () => {
  const task = controllableTask();
  const run = runGraph(graph, { retry: { attempts: 5 }, execute: (_node, context) => task.work(context) });
  const call = await task.next();
  run.cancel('enough');
  call.reject(new Error('failed after the abort'));
  const { outcomes } = await run.result;
  expect(task.calls).toHaveLength(1);
  expect(outcomes.get('a')).toEqual({ status: 'cancelled', reason: 'enough' });
});
