import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { controllableTask } from '../src/testing/index.ts';

test('two runs and plain tasks share the slots of one scheduler', async () => {
  const scheduler = new Scheduler({ maxWorkers: 2 });
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  const graph = defineGraph({ nodes: Array.from({ length: 20 }, (_, index) => ({ id: `n${index}` })) });
  await Promise.all([
    runGraph(graph, { scheduler, execute: work }).result,
    runGraph(graph, { scheduler, execute: work }).result,
    ...Array.from({ length: 20 }, () => scheduler.submit(work)),
  ]);
  expect(most).toBe(2);
});

test('nodes of the cpu lane hold thread slots: no more of them run than there are threads', async () => {
  const scheduler = new Scheduler({ maxWorkers: 4, maxThreads: 1 });
  const cpu = controllableTask();
  const io = controllableTask();
  const graph = defineGraph({
    nodes: [
      ...[1, 2, 3].map((index) => ({ id: `cpu${index}`, lane: 'cpu' as const })),
      ...[1, 2, 3].map((index) => ({ id: `io${index}` })),
    ],
  });
  const run = runGraph(graph, {
    scheduler,
    execute: (node, context) => (node.lane === 'cpu' ? cpu : io).work(context),
  });
  await io.next();
  expect([cpu.calls.length, io.calls.length]).toEqual([1, 3]);
  for (let index = 0; index < 3; index += 1) (await cpu.next()).resolve();
  for (const call of io.calls) call.resolve();
  expect((await run.result).status).toBe('succeeded');
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('a paused scheduler starts no node', async () => {
  const scheduler = new Scheduler({ maxWorkers: 2 });
  const task = controllableTask();
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }] });
  const run = runGraph(graph, { scheduler, execute: (_node, context) => task.work(context) });
  const first = await task.next();
  scheduler.pause();
  first.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(task.calls).toHaveLength(1);
  scheduler.resume();
  (await task.next()).resolve();
  expect((await run.result).status).toBe('succeeded');
});

test('a node can give its slot back while it waits, and goes on with one', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const order: string[] = [];
  const graph = defineGraph({ nodes: [{ id: 'waits' }, { id: 'meanwhile' }] });
  let letGo: (() => void) | undefined;
  const lock = new Promise<string>((resolve) => (letGo = () => resolve('locked')));
  const { status, outcomes } = await runGraph(graph, {
    scheduler,
    execute: async (node, { release }) => {
      order.push(node.id);
      if (node.id === 'meanwhile') return letGo?.();
      const got = await release(() => lock);
      order.push('goes on');
      expect(scheduler.stats().running).toBe(1);
      return got;
    },
  }).result;
  expect([status, order]).toEqual(['succeeded', ['waits', 'meanwhile', 'goes on']]);
  expect(outcomes.get('waits')).toEqual({ status: 'fulfilled', value: 'locked' });
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('a node that waits without its slot does not hang when the run is cancelled', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const holder = controllableTask();
  const graph = defineGraph({ nodes: [{ id: 'a' }] });
  let released: (() => void) | undefined;
  const run = runGraph(graph, {
    scheduler,
    execute: (_node, { release, signal }) =>
      release(async () => {
        void scheduler.submit(holder.work);
        await new Promise<void>((resolve) => (released = resolve));
      }).then(() => signal.throwIfAborted()),
  });
  await holder.next();
  released?.();
  await new Promise((resolve) => setImmediate(resolve));
  run.cancel('stop');
  expect((await run.result).status).toBe('cancelled');
  holder.calls[0]?.resolve();
  await scheduler.close();
});

test('threads are refused clearly without a scheduler and with threads: false', async () => {
  const graph = defineGraph({ nodes: [{ id: 'a', lane: 'cpu' }] });
  const task = { kind: 'task' as const, module: 'file:///none.js', export: 'default' };
  for (const scheduler of [undefined, new Scheduler({ threads: false })]) {
    const { outcomes } = await runGraph(graph, { scheduler, execute: (_node, { thread }) => thread(task, 1 as never) })
      .result;
    expect(outcomes.get('a')).toMatchObject({ status: 'failed', error: { code: 'ERR_SCHEDULER_THREADS_UNAVAILABLE' } });
  }
});
