import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { Scheduler } from '../src/index.ts';
import { controllableTask, ManualClock } from '../src/testing/index.ts';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

test('a thousand tasks with one signal put one listener on it, and leave none', async () => {
  const scheduler = new Scheduler({ maxWorkers: 2 });
  const { signal } = new AbortController();
  const task = controllableTask();
  const gates = [scheduler.submit(task.work, { signal }), scheduler.submit(task.work, { signal })];
  const rest = Array.from({ length: 1000 }, () => scheduler.submit(() => 1, { signal }));
  expect(listeners(signal)).toBe(1);
  for (const call of task.calls) call.resolve();
  await Promise.all([...gates, ...rest]);
  expect(listeners(signal)).toBe(0);
});

test('200 waiting tasks under one signal all reject with exactly its reason, and never start', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1 });
  const gate = controllableTask();
  const held = scheduler.submit(gate.work);
  const controller = new AbortController();
  let started = 0;
  const waiting = Array.from({ length: 200 }, () =>
    scheduler.submit(() => void (started += 1), { signal: controller.signal }),
  );
  const behind = scheduler.submit(() => 'behind');
  const reason = { code: 'left' };
  controller.abort(reason);
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === reason)).toBe(true);
  expect(scheduler.stats()).toMatchObject({ queued: 1, cancelled: 200 });
  gate.calls[0]?.resolve();
  await held;
  expect(await behind).toBe('behind');
  expect([started, listeners(controller.signal)]).toEqual([0, 0]);
});

test('a signal that is aborted already rejects at once', async () => {
  const scheduler = new Scheduler();
  await expect(scheduler.submit(() => 1, { signal: AbortSignal.abort('before') })).rejects.toBe('before');
});

test('a running task gets the reason, and what it still returns is dropped', async () => {
  const scheduler = new Scheduler();
  const task = controllableTask<string>();
  const controller = new AbortController();
  const running = scheduler.submit(task.work, { signal: controller.signal });
  const call = task.calls[0];
  controller.abort('stop');
  expect(call?.signal.reason).toBe('stop');
  call?.resolve('too late');
  await expect(running).rejects.toBe('stop');
});

test('a task that ignores its signal is given up after the grace period, and its slot is free', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 1, gracePeriodMs: 50, clock });
  const controller = new AbortController();
  const deaf = scheduler.submit(() => new Promise(() => undefined), { signal: controller.signal });
  const behind = scheduler.submit(() => 'behind');
  controller.abort('stop');
  clock.advance(49);
  expect(scheduler.stats().running).toBe(1);
  clock.advance(1);
  await expect(deaf).rejects.toBe('stop');
  expect(await behind).toBe('behind');
  expect([clock.pending, listeners(controller.signal)]).toEqual([0, 0]);
});

test('an attempt that was given up and ends later concerns nobody', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 1, gracePeriodMs: 10, clock });
  const task = controllableTask();
  const controller = new AbortController();
  const deaf = scheduler.submit(task.work, { signal: controller.signal });
  controller.abort('stop');
  clock.advance(10);
  await expect(deaf).rejects.toBe('stop');
  task.calls[0]?.reject(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(scheduler.stats()).toMatchObject({ running: 0, cancelled: 1, failed: 0 });
});

test('a listener that aborts others while an abort is being told breaks nothing', async () => {
  const scheduler = new Scheduler({ maxWorkers: 3 });
  const first = new AbortController();
  const second = new AbortController();
  const wait = ({ signal }: { signal: AbortSignal }) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => {
        second.abort('second');
        reject(signal.reason);
      }),
    );
  const outcomes = [
    scheduler.submit(wait, { signal: first.signal }),
    scheduler.submit(wait, { signal: second.signal }),
    scheduler.submit(wait, { signal: first.signal }),
  ];
  first.abort('first');
  expect(
    (await Promise.allSettled(outcomes)).map((outcome) => outcome.status === 'rejected' && (outcome.reason as string)),
  ).toEqual(['first', 'second', 'first']);
  expect(scheduler.stats().running).toBe(0);
});
