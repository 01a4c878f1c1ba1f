/** One timer for all deadlines of a run. */
import { defineTask } from '@orc/scheduler';
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, systemClock } from '../src/index.ts';
import { Deadlines } from '../src/run/deadlines.ts';
import { ManualClock } from './ai/manual-clock.ts';
import { pipelineOf, request, runOf } from './support/one-phase.ts';

test('each deadline expires at its time, and one that was taken back does not; all with one timer', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const expired: string[] = [];
  const start = clock.now();
  const add = (name: string, milliseconds: number): (() => void) => {
    const takeBack = deadlines.add(milliseconds, () => {
      takeBack();
      expired.push(`${name} at ${clock.now() - start}`);
    });
    return takeBack;
  };
  add('long', 1000);
  add('short', 100);
  add('middle', 500)();
  for (let index = 0; index < 50; index += 1) add('gone', 50 + index)();
  expect(clock.pending).toBe(1);
  clock.advance(99);
  expect(expired).toEqual([]);
  clock.advance(400);
  add('late', 1);
  clock.advance(5000);
  expect(expired).toEqual(['short at 100', 'late at 500', 'long at 1000']);
  expect(clock.pending).toBe(0);
  // Work that others share goes on after the run that began it: its limit holds, and the timer goes with the last of them.
  const takeBack = add('never', 10);
  add('shared', 20);
  deadlines.close();
  takeBack();
  clock.advance(100);
  expect(expired).toHaveLength(4);
  expect(clock.pending).toBe(0);
  const last = add('last', 10);
  expect(clock.pending).toBe(1);
  last();
  expect(clock.pending).toBe(0);
});

test('a deadline further away than a timer can wait is waited for', () => {
  const clock = new ManualClock();
  const waits: number[] = [];
  const setTimeout = clock.setTimeout.bind(clock);
  clock.setTimeout = (callback, milliseconds) => (waits.push(milliseconds), setTimeout(callback, milliseconds));
  let expired = 0;
  new Deadlines(clock).add(5e9, () => (expired += 1));
  clock.advance(4.9e9);
  expect(expired).toBe(0);
  clock.advance(0.2e9);
  expect(expired).toBe(1);
  expect(Math.max(...waits)).toBeLessThan(2 ** 31);
});

test('limits of months ask for no timer that fires at once', async () => {
  const waits: number[] = [];
  const clock = {
    ...systemClock,
    setTimeout: (callback: () => void, milliseconds: number) => (
      waits.push(milliseconds),
      systemClock.setTimeout(callback, milliseconds)
    ),
  };
  await using orchestrator = createOrchestrator({ clock, limits: { phaseTimeout: 1e11, totalTimeout: 1e11 } });
  const phase = definePhase({ id: 'phase', kind: 'io', run: async () => (await new Promise(setImmediate), 'done') });
  expect((await orchestrator.run(pipelineOf(phase), request).result).text).toBe('"done"');
  expect(Math.max(...waits)).toBe(2 ** 31 - 1);
});

test('limits of months end no work on a thread', async () => {
  const run = defineTask<unknown, string>({
    module: new URL('fixtures/turn-task.mjs', import.meta.url),
    export: 'turn',
  });
  const phase = definePhase({ id: 'phase', kind: 'cpu', timeout: 1e11, run });
  const { text, error } = await runOf([phase]);
  expect({ text, error }).toEqual({ text: '"turned"', error: undefined });
});
