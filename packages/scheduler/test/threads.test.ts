import { getEventListeners } from 'node:events';

import { afterAll, expect, test } from 'vitest';

import { defineGraph, defineTask, runGraph, Scheduler } from '../dist/index.js';

const module = new URL('./fixtures/tasks.mjs', import.meta.url);
const task = <I = unknown, O = unknown>(name: string) => defineTask<I, O>({ module, export: name });
const scheduler = new Scheduler({ maxWorkers: 2, maxThreads: 1, gracePeriodMs: 30 });
afterAll(() => scheduler.close());

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('no thread before the first task, and no more than are busy at once', async () => {
  const own = new Scheduler({ maxWorkers: 4, maxThreads: 4 });
  await own.submit(() => 1);
  expect(own.stats()).toMatchObject({ threadsStarted: 0, maxThreads: 4 });
  for (let index = 0; index < 3; index += 1) await own.submit({ task: task('id'), input: 1 });
  expect(own.stats().threadsStarted).toBe(1);
  const ids = await Promise.all([1, 2, 3].map(() => own.submit({ task: task('id'), input: 1 })));
  expect(new Set(ids).size).toBe(3);
  expect(own.stats().threadsStarted).toBe(3);
  await own.close();
});

test('the thread that a task ran on is told', async () => {
  let threadId = 0;
  const id = await scheduler.submit({ task: task('id'), input: 1, onThread: (number) => void (threadId = number) });
  expect(threadId).toBe(id);
});

test('an error keeps its class name, code, cause, own fields and stack', async () => {
  const error = (await rejection(scheduler.submit({ task: task('teapot'), input: 1 }))) as Error & {
    code: string;
    details: unknown;
  };
  expect(error).toMatchObject({
    name: 'TeapotError',
    message: 'short and stout',
    code: 'E_TEAPOT',
    details: { cups: 2, at: new Date(5) },
  });
  expect(error.stack).toContain('fixtures/tasks.mjs');
  expect(error.cause).toMatchObject({ message: 'no coffee' });
  const aggregate = (await rejection(scheduler.submit({ task: task('aggregate'), input: 1 }))) as AggregateError;
  expect(aggregate).toBeInstanceOf(AggregateError);
  expect(aggregate.errors[0]).toBeInstanceOf(TypeError);
  expect(await rejection(scheduler.submit({ task: task('throwString'), input: 1 }))).toBe('just text');
});

test('data crosses as structured cloning carries it: big integers do, methods do not', async () => {
  expect(await scheduler.submit({ task: task('big'), input: 1 })).toBe(2n ** 70n);
  const point = await scheduler.submit({ task: task<number, object>('point'), input: 1 });
  expect(point).toEqual({ x: 4 });
  expect(Object.getPrototypeOf(point)).toBe(Object.prototype);
  const map = new Map([['a', new Set([1])]]);
  expect(await scheduler.submit({ task: task('echo'), input: map })).toEqual(map);
});

test('progress arrives in order and before the result, also when the result is small', async () => {
  for (const name of ['steps', 'stepsFlat']) {
    const seen: unknown[] = [];
    const result = await scheduler.submit({
      task: task<number>(name),
      input: 50,
      onProgress: (step) => void seen.push(step),
    });
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(result).toEqual(name === 'steps' ? { steps: 50 } : 50);
  }
});

test('progress arrives before the error of a task that fails after it', async () => {
  for (let round = 0; round < 20; round += 1) {
    const seen: unknown[] = [];
    const onProgress = (step: unknown) => void seen.push(step);
    const failing = scheduler.submit({ task: task<number>('stepsThenThrow'), input: 5, onProgress });
    expect(await rejection(failing)).toMatchObject({ message: 'after 5 steps' });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  }
});

test('progress that nobody asked for is dropped', async () => {
  expect(await scheduler.submit({ task: task<number>('steps'), input: 3 })).toEqual({ steps: 3 });
  const seen: unknown[] = [];
  await scheduler.submit({ task: task<number>('steps'), input: 1, onProgress: (step) => void seen.push(step) });
  expect(seen).toEqual([0]);
});

test('an exception in onProgress fails the task with it', async () => {
  const error = new Error('in the listener');
  const failing = scheduler.submit({
    task: task<number>('steps'),
    input: 3,
    onProgress: () => {
      throw error;
    },
  });
  expect(await rejection(failing)).toBe(error);
  expect(await scheduler.submit({ task: task<number>('double'), input: 2 })).toBe(4);
});

test('buffers are moved when asked for, by the call or by the handle', async () => {
  const bytes = new Uint8Array(8);
  expect(await scheduler.submit({ task: task('fill'), input: bytes, transfer: [bytes.buffer] })).toEqual(
    new Uint8Array(8).fill(7),
  );
  expect(bytes.byteLength).toBe(0);
  const mover = defineTask<Uint8Array, Uint8Array>({
    module,
    export: 'fill',
    transfer: (input) => [input.buffer as ArrayBuffer],
  });
  const more = new Uint8Array(4);
  expect(await scheduler.submit({ task: mover, input: more })).toEqual(new Uint8Array(4).fill(7));
  expect(more.byteLength).toBe(0);
});

test('a cooperative task sees the reason, even without ever letting its loop turn, and keeps its thread', async () => {
  const before = await scheduler.submit({ task: task('id'), input: 1 });
  for (const name of ['spinPolitely', 'waitPolitely']) {
    const controller = new AbortController();
    const started = scheduler.stats().threadsStarted;
    const running = rejection(scheduler.submit({ task: task(name), input: 1 }, { signal: controller.signal }));
    const reason = new Error('please stop');
    setTimeout(() => controller.abort(reason), 5);
    expect(await running).toBe(reason);
    expect(scheduler.stats().threadsStarted).toBe(started);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  }
  expect(await scheduler.submit({ task: task('id'), input: 1 })).toBe(before);
});

test('a task that never looks is ended with its thread; the caller sees exactly the reason', async () => {
  const before = await scheduler.submit({ task: task('id'), input: 1 });
  const controller = new AbortController();
  const spinning = rejection(scheduler.submit({ task: task('spin'), input: 1 }, { signal: controller.signal }));
  const behind = scheduler.submit({ task: task('id'), input: 1 });
  const reason = { not: 'an error' };
  setTimeout(() => controller.abort(reason), 5);
  expect(await spinning).toBe(reason);
  expect(await behind).not.toBe(before);
});

test('a task can be aborted before its thread has started', async () => {
  const own = new Scheduler({ maxWorkers: 1 });
  const controller = new AbortController();
  const early = rejection(own.submit({ task: task('double'), input: 1 }, { signal: controller.signal }));
  controller.abort('before it began');
  expect(await early).toBe('before it began');
  expect(await own.submit({ task: task<number>('double'), input: 2 })).toBe(4);
  await own.close();
});

test('the time of a task counts from its dispatch: neither waiting nor the start of a thread is part of it', async () => {
  const own = new Scheduler({ maxWorkers: 1, gracePeriodMs: 5 });
  const burning = own.submit({ task: task<number>('burn'), input: 20_000_000 });
  const results = [1, 2, 3].map((input) => own.submit({ task: task<number>('double'), input }, { timeoutMs: 1000 }));
  expect(await Promise.all(results)).toEqual([2, 4, 6]);
  await burning;
  expect(await rejection(own.submit({ task: task('spin'), input: 1 }, { timeoutMs: 10 }))).toMatchObject({
    name: 'TimeoutError',
  });
  await own.close();
});

test('a task that fails is tried again, and knows which attempt it is', async () => {
  expect(await scheduler.submit({ task: task('failTwice'), input: 1 }, { retry: { attempts: 3 } })).toBe(3);
  expect(await scheduler.submit({ task: task('attemptSeen'), input: 1, firstAttempt: 7 })).toBe(7);
});

test('the module of a missing worker is told as: no threads', async () => {
  // From the sources there is no built entry beside this file.
  const { Scheduler: FromSource, defineTask: define } = await import('../src/index.ts');
  const own = new FromSource({ maxWorkers: 1 });
  const failed = await rejection(own.submit({ task: define<number, number>({ module, export: 'double' }), input: 1 }));
  expect(failed).toMatchObject({ code: 'ERR_SCHEDULER_THREADS_UNAVAILABLE' });
  const again = await rejection(own.submit({ task: define<number, number>({ module, export: 'double' }), input: 1 }));
  expect(again).toMatchObject({ code: 'ERR_SCHEDULER_THREADS_UNAVAILABLE' });
  await own.close();
});

test('threads: false refuses tasks clearly', async () => {
  const own = new Scheduler({ threads: false });
  expect(await rejection(own.submit({ task: task('double'), input: 1 }))).toMatchObject({
    code: 'ERR_SCHEDULER_THREADS_UNAVAILABLE',
  });
  expect(own.stats().maxThreads).toBe(0);
});

test('closing ends a thread that spins, after its time', async () => {
  const own = new Scheduler({ maxWorkers: 1, gracePeriodMs: 5 });
  const spinning = rejection(own.submit({ task: task('spin'), input: 1 }));
  await own.close({ timeoutMs: 60 });
  expect(await spinning).toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
});

test('a node runs a task inside the slot that it holds, and learns the thread', async () => {
  const own = new Scheduler({ maxWorkers: 1 });
  const graph = defineGraph({
    nodes: [
      { id: 'a', lane: 'cpu' },
      { id: 'b', lane: 'cpu', needs: ['a'] },
    ],
  });
  const run = runGraph(graph, {
    scheduler: own,
    execute: async (node, { thread, value }) => {
      const input = node.id === 'a' ? 3 : (value('a') as { value: number }).value;
      const [one, two] = await Promise.all([
        thread(task<number, number>('double'), input),
        thread(task<number, number>('double'), 1),
      ]);
      expect(two.value).toBe(2);
      return one;
    },
  });
  const { outcomes, status } = await run.result;
  expect(status).toBe('succeeded');
  expect(outcomes.get('b')).toMatchObject({
    status: 'fulfilled',
    value: { value: 12, threadId: expect.any(Number) as number },
  });
  await own.close();
});

test('cancelling a run stops the threads of its nodes', async () => {
  const own = new Scheduler({ maxWorkers: 1, gracePeriodMs: 5 });
  const graph = defineGraph({ nodes: [{ id: 'a', lane: 'cpu' }] });
  const run = runGraph(graph, { scheduler: own, execute: (_node, { thread }) => thread(task('spin'), 1) });
  setTimeout(() => run.cancel('enough'), 60);
  const { outcomes, status } = await run.result;
  expect([status, outcomes.get('a')]).toEqual(['cancelled', { status: 'cancelled', reason: 'enough' }]);
  expect(await own.submit({ task: task<number>('double'), input: 1 })).toBe(2);
  await own.close();
});

test('a signal of its own stops one task of a node and leaves no listener', async () => {
  const own = new Scheduler({ maxWorkers: 1, gracePeriodMs: 5 });
  const controller = new AbortController();
  const graph = defineGraph({ nodes: [{ id: 'a', lane: 'cpu' }] });
  const { outcomes } = await runGraph(graph, {
    scheduler: own,
    execute: async (_node, { thread }) => {
      setTimeout(() => controller.abort('only this'), 40);
      const reason = await rejection(thread(task('spin'), 1, { signal: controller.signal }));
      return [reason, (await thread(task<number, number>('double'), 2)).value];
    },
  }).result;
  expect(outcomes.get('a')).toEqual({ status: 'fulfilled', value: ['only this', 4] });
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  await own.close();
});

test('closing right after what waited for a starting thread was cancelled ends', async () => {
  const scheduler = new Scheduler({ maxWorkers: 3, maxThreads: 1 });
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  const run = runGraph(graph, { scheduler, execute: (_node, { thread }) => thread(task('double'), 1) });
  await Promise.resolve();
  run.cancel('enough');
  expect((await run.result).status).toBe('cancelled');
  await scheduler.close();
  expect(scheduler.stats()).toMatchObject({ running: 0, runningThreads: 0 });
});
