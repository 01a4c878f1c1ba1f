import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { nextAttemptIn } from '../src/retry.ts';
import { controllableTask, ManualClock } from '../src/testing/index.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('the waits grow by the factor up to the limit, jitter takes part of them away', () => {
  const policy = { attempts: 9, backoffMs: 100, factor: 3, maxBackoffMs: 1000, jitter: 0.5 };
  const waits = (random: number) =>
    [1, 2, 3, 4].map((attempt) => nextAttemptIn(policy, attempt, new Error('x'), () => random));
  expect(waits(0)).toEqual([100, 300, 900, 1000]);
  expect(waits(1)).toEqual([50, 150, 450, 500]);
});

test('a failed task is tried again after its wait, and holds no slot meanwhile', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ maxWorkers: 1, clock, random: () => 0 });
  const task = controllableTask<string>();
  const result = scheduler.submit(task.work, { retry: { attempts: 3, backoffMs: 100 } });
  task.calls[0]?.reject(new Error('first'));
  await turn();
  expect(scheduler.stats()).toMatchObject({ running: 0, backingOff: 1 });
  expect(await scheduler.submit(() => 'between')).toBe('between');
  clock.advance(100);
  expect(task.calls[1]?.attempt).toBe(2);
  task.calls[1]?.reject(new Error('second'));
  await turn();
  clock.advance(199);
  expect(task.calls).toHaveLength(2);
  clock.advance(1);
  task.calls[2]?.resolve('third');
  expect(await result).toBe('third');
  expect(scheduler.stats()).toMatchObject({ running: 0, backingOff: 0 });
});

test('after the last attempt the last error is the answer', async () => {
  const scheduler = new Scheduler();
  const failed = scheduler.submit(({ attempt }) => Promise.reject(new Error(`attempt ${attempt}`)), {
    retry: { attempts: 3 },
  });
  await expect(failed).rejects.toThrow('attempt 3');
});

test('an error that is not worth it ends the task, and so does a mistake in the question', async () => {
  const scheduler = new Scheduler();
  const fatal = new Error('fatal');
  const policy = { attempts: 5, retryable: (error: unknown) => error !== fatal };
  let calls = 0;
  await expect(scheduler.submit(() => Promise.reject(((calls += 1), fatal)), { retry: policy })).rejects.toBe(fatal);
  expect(calls).toBe(1);
  const mistake = new Error('mistake');
  const asking = scheduler.submit(() => Promise.reject(fatal), {
    retry: {
      attempts: 2,
      retryable: () => {
        throw mistake;
      },
    },
  });
  await expect(asking).rejects.toBe(mistake);
});

test('an aborted task is never tried again, running or between two attempts', async () => {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ clock });
  const task = controllableTask();
  const first = new AbortController();
  const running = scheduler.submit(task.work, { signal: first.signal, retry: { attempts: 5 } });
  first.abort('stop');
  task.calls[0]?.reject(new Error('because of the abort'));
  await expect(running).rejects.toBe('stop');
  const second = new AbortController();
  const between = scheduler.submit(task.work, { signal: second.signal, retry: { attempts: 5, backoffMs: 100 } });
  task.calls[1]?.reject(new Error('failed'));
  await turn();
  second.abort('stop too');
  await expect(between).rejects.toBe('stop too');
  clock.advance(10_000);
  expect(task.calls).toHaveLength(2);
  expect(scheduler.stats()).toMatchObject({ running: 0, backingOff: 0 });
  expect(clock.pending).toBe(0);
});

test('the nodes of a graph are tried again by the same policy', async () => {
  const attempts: number[] = [];
  const { outcomes } = await runGraph(defineGraph({ nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }] }), {
    retry: { attempts: 3 },
    execute: (node, { attempt }) => {
      if (node.id === 'a') attempts.push(attempt);
      if (node.id === 'a' && attempt < 3) throw new Error('not yet');
      return attempt;
    },
  }).result;
  expect(attempts).toEqual([1, 2, 3]);
  expect(Object.fromEntries(outcomes)).toEqual({
    a: { status: 'fulfilled', value: 3 },
    b: { status: 'fulfilled', value: 1 },
  });
});
