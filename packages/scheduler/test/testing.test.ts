import { expect, test } from 'vitest';

import { controllableTask, ManualClock, seededRandom, seededShuffle } from '../src/testing/index.ts';

test('a controllable task starts and ends when the test says so', async () => {
  const task = controllableTask<string>();
  const next = task.next();
  const result = task.work({ signal: new AbortController().signal, attempt: 2 });
  const call = await next;
  expect([call.attempt, task.calls.length]).toEqual([2, 1]);
  call.resolve('now');
  expect(await result).toBe('now');
});

test('the same seed shuffles the same way and loses nothing', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = seededShuffle(items, 7);
  expect(shuffled).toEqual(seededShuffle(items, 7));
  expect(shuffled).not.toEqual(seededShuffle(items, 8));
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  const random = seededRandom(1);
  expect(Array.from({ length: 100 }, random).every((value) => value >= 0 && value < 1)).toBe(true);
});

test('the clock rings its timers in order, each at its own time', () => {
  const clock = new ManualClock();
  const rung: string[] = [];
  clock.setTimeout(() => {
    rung.push(`b at ${clock.now()}`);
    clock.setTimeout(() => rung.push(`c at ${clock.now()}`), 5);
  }, 10);
  clock.setTimeout(() => rung.push(`a at ${clock.now()}`), 5);
  clock.clearTimeout(clock.setTimeout(() => rung.push('never'), 7));
  clock.advance(20);
  expect(rung).toEqual(['a at 5', 'b at 10', 'c at 15']);
  expect([clock.now(), clock.pending]).toEqual([20, 0]);
});
