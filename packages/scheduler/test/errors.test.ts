import { expect, test } from 'vitest';

import { defineGraph, isSchedulerError, runGraph, Scheduler, SchedulerError } from '../src/index.ts';

test('an error carries its code, and its name only on the prototype', () => {
  const cause = new Error('why');
  const error = new SchedulerError('ERR_SCHEDULER_CLOSED', 'closed', { cause });
  expect(error).toMatchObject({ code: 'ERR_SCHEDULER_CLOSED', message: 'closed', cause, name: 'SchedulerError' });
  expect(Object.keys(error)).toEqual(['code']);
  expect(String(error)).toBe('SchedulerError: closed');
});

test('errors of another installed copy are recognised', () => {
  class Other extends Error {}
  Object.defineProperty(Other.prototype, Symbol.for('@orc/scheduler/error'), { value: true });
  expect(isSchedulerError(new Other())).toBe(true);
  expect(isSchedulerError(new Error('x'))).toBe(false);
  expect(isSchedulerError(null)).toBe(false);
});

test.each([
  [{ maxWorkers: -1 }, 'Expected `maxWorkers` to be an integer >= 0, got `-1` (number)'],
  [{ maxWorkers: 1.5 }, 'Expected `maxWorkers` to be an integer >= 0, got `1.5` (number)'],
  [{ bufferSize: '4' as never }, 'Expected `bufferSize` to be an integer >= 0, got `"4"` (string)'],
  [{ maxThreads: 0 }, 'Expected `maxThreads` to be an integer >= 1, got `0` (number)'],
  [
    { gracePeriodMs: Number.NaN },
    'Expected `gracePeriodMs` to be milliseconds from 0 to 2147483647, got `NaN` (number)',
  ],
  [{ maxThreadMemoryMb: 15 }, 'Expected `maxThreadMemoryMb` to be an integer >= 16, got `15` (number)'],
  [{ threads: 'no' as never }, 'Expected `threads` to be true or false, got `"no"` (string)'],
  [{ detectNesting: 1 as never }, 'Expected `detectNesting` to be true or false, got `1` (number)'],
  [{ clock: {} as never }, 'Expected `clock` to be a clock with now, setTimeout and clearTimeout, got object'],
  [{ random: 4 as never }, 'Expected `random` to be a function, got `4` (number)'],
  [{ onEvent: true as never }, 'Expected `onEvent` to be a function, got `true` (boolean)'],
  [null as never, 'Expected `options` to be an object, got `null` (null)'],
])('the option %o is refused with what was expected and what came', (options, message) => {
  expect(() => new Scheduler(options)).toThrow(expect.objectContaining({ code: 'ERR_SCHEDULER_OPTION', message }));
});

test.each([
  [{ lane: 'cpu' as const }, /in the lane 'cpu'/],
  [{ lane: 'gpu' as never }, /'io', 'cpu' or 'compute'/],
  [{ priority: Number.NaN }, /`priority`/],
  [{ timeoutMs: -1 }, /`timeoutMs`/],
  [{ retry: { attempts: 0 } }, /`retry.attempts`/],
  [{ retry: { attempts: 2, factor: 0 } }, /`retry.factor`/],
  [{ retry: { attempts: 2, jitter: 2 } }, /`retry.jitter`/],
  [{ retry: { attempts: 2, retryable: true as never } }, /`retry.retryable`/],
  [{ retry: 3 as never }, /`retry` to be an object/],
  [{ signal: 'stop' as never }, /`signal` to be an AbortSignal/],
  [5 as never, /`options` to be an object/],
])('a submission with %o rejects before it runs', async (options, message) => {
  const scheduler = new Scheduler();
  let ran = false;
  const submission = scheduler.submit(() => void (ran = true), options);
  await expect(submission).rejects.toMatchObject({
    code: 'ERR_SCHEDULER_OPTION',
    message: expect.stringMatching(message) as string,
  });
  expect(ran).toBe(false);
});

test('work that is neither a function nor a task is refused', async () => {
  await expect(new Scheduler().submit({} as never)).rejects.toThrow(
    'Expected `work` to be a function or {task, input}',
  );
});

test.each([
  [{ id: '' }, /`id` to be a non-empty string/],
  [{ id: 'a', lane: 'gpu' as never }, /`nodes\["a"\].lane` to be/],
  [{ id: 'a', priority: Infinity }, /priority` to be a finite number/],
  [{ id: 'a', weight: -1 }, /weight` to be a number >= 0/],
  [{ id: 'a', needs: [7 as never] }, /needs` to be names of nodes/],
])('the node %o is refused', (node, message) => {
  expect(() => defineGraph({ nodes: [node] })).toThrow(message);
});

test.each([
  [null, '`nodes` to be an array of nodes'],
  [{ nodes: null }, '`nodes` to be an array of nodes'],
  [{ nodes: [null] }, '`node` to be an object with an id'],
  [{ nodes: [{ id: 'a' }, { id: 'b', needs: 'a' }] }, '`nodes["b"].needs` to be an array'],
  [{ nodes: [{ id: 'a', needs: [null] }] }, '`nodes["a"].needs` to be names of nodes'],
])('a graph that is defined as %o is refused', (definition, message) => {
  expect(() => defineGraph(definition as never)).toThrow(
    expect.objectContaining({
      code: 'ERR_SCHEDULER_GRAPH_NODE',
      message: expect.stringContaining(message) as string,
    }) as Error,
  );
});

test.each([
  [{ nodes: [{ id: 'a' }] }, { execute: (): number => 1 }, '`graph` to be a graph of defineGraph'],
  [defineGraph({ nodes: [] }), null, '`options` to be an object'],
  [defineGraph({ nodes: [] }), { execute: (): number => 1, signal: {} }, '`signal` to be an AbortSignal'],
  [defineGraph({ nodes: [] }), { execute: (): number => 1, onEvent: 1 }, '`onEvent` to be a function'],
])('a run of %o with %o is refused', (graph, options, message) => {
  expect(() => runGraph(graph as never, options as never)).toThrow(message);
});
