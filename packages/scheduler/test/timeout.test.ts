import { expect, test } from 'vitest';

import { Scheduler } from '../src/index.ts';
import { controllableTask, ManualClock } from '../src/testing/index.ts';

test('the time counts from the start of the task, waiting not included', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 1, clock });
  const gate = controllableTask();
  const task = controllableTask<string>();
  const held = scheduler.submit(gate.work);
  const timed = scheduler.submit(task.work, { timeoutMs: 100 });
  clock.advance(5000);
  gate.calls[0]?.resolve();
  await held;
  clock.advance(99);
  task.calls[0]?.resolve('in time');
  expect(await timed).toBe('in time');
  expect(clock.pending).toBe(0);
});

test('a task that takes too long is aborted with a TimeoutError', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ clock });
  const task = controllableTask();
  const timed = scheduler.submit(task.work, { timeoutMs: 100 });
  clock.advance(100);
  const call = task.calls[0];
  const reason: unknown = call?.signal.reason;
  expect((reason as Error).name).toBe('TimeoutError');
  call?.reject(call.signal.reason);
  await expect(timed).rejects.toMatchObject({ name: 'TimeoutError', message: 'The task took longer than 100 ms' });
  expect(scheduler.stats()).toMatchObject({ failed: 1, cancelled: 0, running: 0 });
  expect(clock.pending).toBe(0);
});

test('each attempt has its own time', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ clock, gracePeriodMs: 10 });
  const task = controllableTask<string>();
  const timed = scheduler.submit(task.work, { timeoutMs: 100, retry: { attempts: 2 } });
  clock.advance(110);
  clock.advance(0);
  const second = task.calls[1];
  expect(second?.signal.aborted).toBe(false);
  second?.resolve('second');
  expect(await timed).toBe('second');
  expect(clock.pending).toBe(0);
});
