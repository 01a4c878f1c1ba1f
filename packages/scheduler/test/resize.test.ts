import { expect, test } from 'vitest';

import { defineTask, Scheduler as Built } from '../dist/index.js';
import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { controllableTask } from '../src/testing/index.ts';

const module = new URL('./fixtures/tasks.mjs', import.meta.url);

test('with more workers, what waits starts at once: tasks, nodes, and who waits for room', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const task = controllableTask();
  const node = controllableTask();
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  const tasks = [scheduler.submit(task.work), scheduler.submit(task.work)];
  const run = runGraph(graph, { scheduler, execute: (_node, context) => node.work(context) });
  const room = scheduler.ready();
  expect([task.calls.length, node.calls.length]).toEqual([1, 0]);
  scheduler.resize(5);
  await room;
  await node.next();
  expect([task.calls.length, node.calls.length]).toEqual([2, 3]);
  expect(scheduler.stats()).toMatchObject({ maxWorkers: 5, capacity: 5, running: 5, queued: 0 });
  for (const call of [...task.calls, ...node.calls]) call.resolve();
  await Promise.all([...tasks, run.result]);
});

test('a run keeps to its own concurrency, however many workers there are', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 1 });
  const node = controllableTask();
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  const run = runGraph(graph, { scheduler, concurrency: 2, execute: (_node, context) => node.work(context) });
  await node.next();
  scheduler.resize(8);
  expect(node.calls.length).toBe(2);
  for (let ended = 0; ended < 3; ended += 1) (await (ended === 0 ? node.calls[0] : node.next()))?.resolve();
  expect((await run.result).status).toBe('succeeded');
});

test('with fewer workers, what runs goes on and nothing starts until enough have ended', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 3 });
  const task = controllableTask();
  const all = [1, 2, 3, 4].map(() => scheduler.submit(task.work));
  scheduler.resize(1);
  expect(scheduler.stats()).toMatchObject({ running: 3, utilisation: 1 });
  task.calls[0]?.resolve();
  await all[0];
  task.calls[1]?.resolve();
  await all[1];
  expect(task.calls.length).toBe(3);
  task.calls[2]?.resolve();
  await all[2];
  expect(task.calls.length).toBe(4);
  task.calls[3]?.resolve();
  await all[3];
});

test('threads follow: more of them for what waits, and those that are too many end', async () => {
  const ended: string[] = [];
  await using scheduler = new Built({
    maxWorkers: 1,
    maxThreads: 2,
    onEvent: (event) => void (event.type === 'thread-end' && ended.push(event.reason)),
  });
  const wait = { task: defineTask<undefined, number>({ module, export: 'id' }), input: undefined };
  await Promise.all([scheduler.submit(wait), scheduler.submit(wait)]);
  expect(scheduler.stats()).toMatchObject({ threadsStarted: 1, maxThreads: 1 });
  scheduler.resize(2);
  const ids = await Promise.all([scheduler.submit(wait), scheduler.submit(wait)]);
  expect(new Set(ids).size).toBe(2);
  scheduler.resize(1);
  expect(scheduler.stats()).toMatchObject({ threadsStarted: 2, maxThreads: 1 });
  expect(await scheduler.submit(wait)).toBeGreaterThan(0);
  await scheduler.close();
  expect(ended).toEqual(['closed', 'closed']);
  expect(scheduler.stats().threadsStarted).toBe(2);
});

test('a number of workers that is none is refused, and changes nothing', async () => {
  await using scheduler = new Scheduler({ maxWorkers: 3 });
  for (const wrong of [-1, 1.5, Number.NaN, '4' as never])
    expect(() => scheduler.resize(wrong)).toThrow(expect.objectContaining({ code: 'ERR_SCHEDULER_OPTION' }));
  expect(scheduler.stats().maxWorkers).toBe(3);
});
