import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { controllableTask, ManualClock } from '../src/testing/index.ts';

test('closing refuses new work at once and lets what was accepted end', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const task = controllableTask<number>();
  const running = scheduler.submit(task.work);
  const waiting = scheduler.submit(task.work);
  const closing = scheduler.close();
  await expect(scheduler.submit(() => 1)).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  await expect(scheduler.trySubmit(() => 1)).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  (await task.next()).resolve(1);
  (await task.next()).resolve(2);
  expect(await Promise.all([running, waiting])).toEqual([1, 2]);
  await closing;
});

test('after its time, closing aborts what runs and what waits', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 1, clock, gracePeriodMs: 10 });
  const task = controllableTask();
  const running = scheduler.submit(task.work);
  const waiting = scheduler.submit(task.work);
  const closing = scheduler.close({ timeoutMs: 100 });
  clock.advance(100);
  expect(task.calls[0]?.signal.reason).toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  clock.advance(10);
  await expect(running).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  await expect(waiting).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  await closing;
  expect(task.calls).toHaveLength(1);
});

test('a second closing with a time shortens the first', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 1, clock, gracePeriodMs: 10 });
  const running = scheduler.submit(controllableTask().work);
  const closing = scheduler.close();
  expect(scheduler.close({ timeoutMs: 5 })).toBe(closing);
  clock.advance(15);
  await expect(running).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
  await closing;
});

test('closing twice is closing once, and a paused scheduler still drains', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  scheduler.pause();
  const waiting = scheduler.submit(() => 'drained');
  expect(scheduler.close()).toBe(scheduler.close({ timeoutMs: 5 }));
  expect(await waiting).toBe('drained');
  await scheduler.close();
});

test('it closes at the end of its scope', async () => {
  let scheduler: Scheduler;
  {
    await using scoped = new Scheduler();
    scheduler = scoped;
    expect(await scoped.submit(() => 1)).toBe(1);
  }
  await expect(scheduler.submit(() => 1)).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
});

test('a graph run in progress goes on to its end, a new one is refused', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }] });
  const run = runGraph(graph, { scheduler, execute: (node) => node.id });
  const closing = scheduler.close();
  expect((await run.result).status).toBe('succeeded');
  await closing;
  expect(() => runGraph(graph, { scheduler, execute: () => 1 })).toThrow(
    expect.objectContaining({ code: 'ERR_SCHEDULER_CLOSED' }),
  );
});

test('after its time, closing cancels a graph run', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 1, clock });
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }] });
  const task = controllableTask();
  const run = runGraph(graph, { scheduler, execute: (_node, context) => task.work(context) });
  const call = await task.next();
  call.signal.addEventListener('abort', () => call.resolve());
  const closing = scheduler.close({ timeoutMs: 100 });
  clock.advance(100);
  const { outcomes, status } = await run.result;
  expect(status).toBe('cancelled');
  expect(outcomes.get('b')).toMatchObject({ status: 'cancelled', reason: { code: 'ERR_SCHEDULER_CLOSED' } });
  await closing;
});
