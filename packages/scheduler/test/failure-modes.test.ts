import { expect, test } from 'vitest';

import { defineGraph, runGraph } from '../src/index.ts';
import type { FailureMode } from '../src/index.ts';
import { controllableTask, ManualClock } from '../src/testing/index.ts';

// `bad` fails while `running` runs; `after` needs it, `next` needs `running`, `free` has not had a slot yet.
const graph = defineGraph({
  nodes: [
    { id: 'bad', priority: 1 },
    { id: 'running', priority: 1 },
    { id: 'free', priority: -1 },
    { id: 'after', needs: ['bad'] },
    { id: 'further', needs: ['after'] },
    { id: 'next', needs: ['running'] },
  ],
});

async function play(failureMode: FailureMode | undefined, end: 'resolve' | 'obey' = 'resolve') {
  const bad = controllableTask();
  const running = controllableTask<string>();
  const run = runGraph(graph, {
    concurrency: 2,
    failureMode,
    execute: (node, context) =>
      node.id === 'bad' ? bad.work(context) : node.id === 'running' ? running.work(context) : node.id,
  });
  const call = await running.next();
  call.signal.addEventListener('abort', () => end === 'obey' && call.reject(new Error('obeyed')));
  const error = new Error('bad');
  bad.calls[0]?.reject(error);
  await new Promise((resolve) => setImmediate(resolve));
  call.resolve('ran on');
  const { outcomes, status } = await run.result;
  return {
    outcomes: Object.fromEntries(outcomes),
    status,
    error,
    aborted: call.signal.aborted,
    reason: call.signal.reason as unknown,
  };
}

test('no-new, the default: what runs ends by itself, nothing more starts', async () => {
  const { outcomes, status, error, aborted } = await play(undefined);
  expect(status).toBe('failed');
  expect(aborted).toBe(false);
  expect(outcomes).toEqual({
    bad: { status: 'failed', error },
    running: { status: 'fulfilled', value: 'ran on' },
    free: { status: 'skipped', reason: 'run-failed', cause: 'bad' },
    after: { status: 'skipped', reason: 'need-failed', cause: 'bad' },
    further: { status: 'skipped', reason: 'run-failed', cause: 'bad' },
    next: { status: 'skipped', reason: 'run-failed', cause: 'bad' },
  });
});

test('continue: everything that does not need the failed node runs', async () => {
  const { outcomes, status, error } = await play('continue');
  expect(status).toBe('failed');
  expect(outcomes).toEqual({
    bad: { status: 'failed', error },
    running: { status: 'fulfilled', value: 'ran on' },
    free: { status: 'fulfilled', value: 'free' },
    after: { status: 'skipped', reason: 'need-failed', cause: 'bad' },
    further: { status: 'skipped', reason: 'need-skipped', cause: 'bad' },
    next: { status: 'fulfilled', value: 'next' },
  });
});

test('kill: what runs is aborted with the error', async () => {
  const { outcomes, status, error, reason } = await play('kill', 'obey');
  expect(status).toBe('failed');
  expect(reason).toBe(error);
  expect(outcomes['running']).toEqual({ status: 'cancelled', reason: error });
  expect(outcomes['next']).toEqual({ status: 'skipped', reason: 'run-failed', cause: 'bad' });
});

test('kill: a node that returns all the same has done its work', async () => {
  const { outcomes } = await play('kill');
  expect(outcomes['running']).toEqual({ status: 'fulfilled', value: 'ran on' });
});

test('kill: a node that ignores its signal holds nothing up after the grace period', async () => {
  const clock = new ManualClock();
  const deaf = controllableTask();
  const bad = controllableTask();
  const two = defineGraph({ nodes: [{ id: 'bad' }, { id: 'deaf' }] });
  const run = runGraph(two, {
    clock,
    failureMode: 'kill',
    gracePeriodMs: 300,
    execute: (node, context) => (node.id === 'bad' ? bad : deaf).work(context),
  });
  await deaf.next();
  const error = new Error('bad');
  bad.calls[0]?.reject(error);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(300);
  const { outcomes } = await run.result;
  expect(outcomes.get('deaf')).toEqual({ status: 'cancelled', reason: error });
  expect(clock.pending).toBe(0);
});
