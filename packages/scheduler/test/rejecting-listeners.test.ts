import { afterEach, beforeEach, expect, test } from 'vitest';

import { Scheduler as BuiltScheduler, defineTask, threadRunner } from '../dist/index.js';
import { defineGraph, inlineRunner, runGraph, Scheduler } from '../src/index.ts';

/** What would end a process without vitest. */
const unheard: unknown[] = [];
const note = (error: unknown) => void unheard.push(error);
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  unheard.length = 0;
  for (const event of ['unhandledRejection', 'uncaughtException']) process.on(event, note);
});
afterEach(async () => {
  await turn();
  for (const event of ['unhandledRejection', 'uncaughtException']) process.off(event, note);
  expect(unheard).toEqual([]);
});

const rejects = async (): Promise<never> => {
  throw new Error('of a listener');
};
const throws = (): never => {
  throw new Error('of a listener');
};
const steps = defineTask<number, unknown>({ module: new URL('fixtures/tasks.mjs', import.meta.url), export: 'steps' });

test.each([
  ['throws', throws],
  ['rejects', rejects],
])('a listener of events that %s breaks nothing', async (_how, onEvent) => {
  await using scheduler = new Scheduler({ onEvent });
  expect(await scheduler.submit(() => 1)).toBe(1);
  const graph = defineGraph({ nodes: [{ id: 'a' }] });
  expect(await runGraph(graph, { scheduler, onEvent, execute: () => 2 }).result).toMatchObject({
    status: 'succeeded',
  });
});

test.each([
  ['throws', throws],
  ['rejects', rejects],
])('a listener of progress that %s fails the task, on a thread and on this one', async (_how, onProgress) => {
  await using scheduler = new BuiltScheduler({ maxWorkers: 1 });
  const late = defineTask<number, unknown>({
    module: new URL('fixtures/tasks.mjs', import.meta.url),
    export: 'stepsThenWait',
  });
  await expect(scheduler.submit({ task: late, input: 1, onProgress })).rejects.toThrow('of a listener');
  const request = { id: 'a', task: 'work', input: 1, onProgress };
  const runner = inlineRunner({
    work: (_input: number, { progress, signal }) => {
      progress(1);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  });
  await expect(runner.run(request)).rejects.toThrow('of a listener');
});

test('progress that is refused when the task has ended already changes nothing', async () => {
  await using scheduler = new BuiltScheduler({ maxWorkers: 1 });
  expect(await scheduler.submit({ task: steps, input: 0, onProgress: rejects, onThread: rejects })).toBeDefined();
  const runner = threadRunner(scheduler, { steps });
  expect(await runner.run({ id: 'a', task: 'steps', input: 0 })).toBeDefined();
});

test('whether an error is worth another attempt is answered at once: a promise is refused with words', async () => {
  await using scheduler = new Scheduler();
  const failing = (): never => {
    throw new Error('of the task');
  };
  const retry = { attempts: 3, retryable: rejects as unknown as () => boolean };
  await expect(scheduler.submit(failing, { retry })).rejects.toMatchObject({
    code: 'ERR_SCHEDULER_OPTION',
    message: expect.stringContaining('`retry.retryable`'),
  });
});
