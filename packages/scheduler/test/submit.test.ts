import { expect, test } from 'vitest';

import { Scheduler } from '../src/index.ts';
import { controllableTask } from '../src/testing/index.ts';

test('a task gives back what it returns, synchronously or not', async () => {
  const scheduler = new Scheduler();
  expect(
    await Promise.all([scheduler.submit(() => 1), scheduler.submit(async () => 2), scheduler.submit(() => undefined)]),
  ).toEqual([1, 2, undefined]);
});

test('a task that throws rejects with exactly what it threw', async () => {
  const scheduler = new Scheduler();
  const error = new Error('mine');
  await expect(scheduler.submit(() => Promise.reject(error))).rejects.toBe(error);
  const thrown = scheduler.submit(() => {
    throw error;
  });
  await expect(thrown).rejects.toBe(error);
  expect(scheduler.stats()).toMatchObject({ failed: 2, completed: 0, running: 0 });
});

test('at most maxWorkers run at once, and a free slot goes straight to the next in line', async () => {
  const scheduler = new Scheduler({ maxWorkers: 2 });
  const task = controllableTask<number>();
  const results = [1, 2, 3, 4].map(() => scheduler.submit(task.work));
  expect(task.calls).toHaveLength(2);
  expect(scheduler.stats()).toMatchObject({ running: 2, queued: 2, utilisation: 1 });
  task.calls[0]?.resolve(1);
  await results[0];
  expect(task.calls).toHaveLength(3);
  for (const call of task.calls) call.resolve(2);
  (await task.next(), await task.next(), await task.next(), await task.next()).resolve(3);
  expect(await Promise.all(results)).toEqual([1, 2, 2, 3]);
});

test('a higher priority goes first, equals as they came', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const gate = controllableTask();
  const order: string[] = [];
  const held = scheduler.submit(gate.work);
  const rest = (
    [
      ['a', 0],
      ['b', 5],
      ['c', 0],
      ['d', -1],
      ['e', 5],
    ] as const
  ).map(([name, priority]) => scheduler.submit(() => void order.push(name), { priority }));
  gate.calls[0]?.resolve();
  await Promise.all([held, ...rest]);
  expect(order).toEqual(['b', 'e', 'a', 'c', 'd']);
});

test('10,000 tasks that end synchronously do not fill the stack', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const gate = controllableTask();
  void scheduler.submit(gate.work);
  const rest = Array.from({ length: 10_000 }, (_, index) => scheduler.submit(() => index));
  gate.calls[0]?.resolve();
  expect((await Promise.all(rest)).at(-1)).toBe(9999);
});

test('trySubmit refuses when the buffer is full, submit waits', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 2 });
  const task = controllableTask<string>();
  const first = scheduler.trySubmit(task.work);
  const second = scheduler.trySubmit(task.work);
  const third = scheduler.trySubmit(task.work);
  expect([first, second, third].every((result) => result instanceof Promise)).toBe(true);
  expect(scheduler.trySubmit(task.work)).toBeUndefined();
  const waits = scheduler.submit(task.work);
  for (let index = 0; index < 4; index += 1) (await task.next()).resolve(`r${index}`);
  expect(await Promise.all([first, second, third, waits])).toEqual(['r0', 'r1', 'r2', 'r3']);
});

test('a buffer of none lets trySubmit start work, never queue it', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 0 });
  const task = controllableTask();
  expect(scheduler.trySubmit(task.work)).toBeDefined();
  expect(scheduler.trySubmit(task.work)).toBeUndefined();
});

test('ready keeps a producer at the pace of the workers', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const task = controllableTask();
  let produced = 0;
  const producing = (async () => {
    for (; produced < 5; produced += 1) {
      await scheduler.ready();
      void scheduler.submit(task.work);
    }
  })();
  for (let done = 0; done < 3; done += 1) {
    const call = await task.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(produced).toBe(done + 2);
    call.resolve();
  }
  (await task.next()).resolve();
  (await task.next()).resolve();
  await producing;
});

test('ready rejects with the reason of its signal', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 0 });
  const task = controllableTask();
  void scheduler.submit(task.work);
  const controller = new AbortController();
  const ready = scheduler.ready({ signal: controller.signal });
  controller.abort('enough');
  await expect(ready).rejects.toBe('enough');
});

test('aborting what waits makes room', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const task = controllableTask();
  void scheduler.submit(task.work);
  const controller = new AbortController();
  const waiting = scheduler.submit(task.work, { signal: controller.signal });
  const ready = scheduler.ready();
  controller.abort('gone');
  await expect(waiting).rejects.toBe('gone');
  await expect(ready).resolves.toBeUndefined();
});

test('while it is paused nothing starts, what runs goes on', async () => {
  const scheduler = new Scheduler({ maxWorkers: 2 });
  const task = controllableTask<string>();
  const running = scheduler.submit(task.work);
  scheduler.pause();
  const waiting = scheduler.submit(task.work);
  task.calls[0]?.resolve('ran on');
  expect(await running).toBe('ran on');
  expect(task.calls).toHaveLength(1);
  expect(scheduler.stats()).toMatchObject({ paused: true, queued: 1, running: 0 });
  scheduler.resume();
  expect(task.calls).toHaveLength(2);
  task.calls[1]?.resolve('then');
  expect(await waiting).toBe('then');
});

test('the events tell each attempt and each end', async () => {
  const events: string[] = [];
  const scheduler = new Scheduler({
    onEvent: (event) =>
      void events.push(
        event.type === 'task-start'
          ? `start ${event.lane} ${event.attempt}`
          : event.type === 'task-end'
            ? `end ${event.status} ${event.attempts}`
            : event.type,
      ),
  });
  await scheduler.submit(() => 1, { lane: 'compute' });
  await scheduler.submit(({ attempt }) => (attempt < 2 ? Promise.reject(new Error('once')) : 1), {
    retry: { attempts: 2 },
  });
  expect(events).toEqual(['start compute 1', 'end fulfilled 1', 'start io 1', 'start io 2', 'end fulfilled 2']);
});
