import { expect, test } from 'vitest';

import { defineGraph, runGraph, skip } from '../src/index.ts';
import type { GraphEvent } from '../src/index.ts';
import { controllableTask } from '../src/testing/index.ts';

const diamond = defineGraph({
  nodes: [
    { id: 'top' },
    { id: 'left', needs: ['top'] },
    { id: 'right', needs: ['top'] },
    { id: 'end', needs: ['left', 'right'] },
  ],
});

test('every node sees what its needs returned', async () => {
  const { outcomes, status } = await runGraph(diamond, {
    execute: (node, { value }) =>
      node.id === 'top' ? 'x' : `${node.id}(${node.needs.map(({ id }) => String(value(id))).join()})`,
  }).result;
  expect(status).toBe('succeeded');
  expect(outcomes.get('end')).toEqual({ status: 'fulfilled', value: 'end(left(x),right(x))' });
});

test('a node starts when its own needs are met: there are no levels', async () => {
  const slow = controllableTask();
  const started: string[] = [];
  const graph = defineGraph({
    nodes: [{ id: 'slow' }, { id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['b'] }],
  });
  let lastOfChain: (() => void) | undefined;
  const chainDone = new Promise<void>((resolve) => (lastOfChain = resolve));
  const run = runGraph(graph, {
    concurrency: 2,
    execute: (node, context) => {
      started.push(node.id);
      if (node.id === 'c') lastOfChain?.();
      return node.id === 'slow' ? slow.work(context) : Promise.resolve();
    },
  });
  await chainDone;
  expect(started).toEqual(['a', 'slow', 'b', 'c']);
  slow.calls[0]?.resolve();
  expect((await run.result).status).toBe('succeeded');
});

test('never more nodes run at once than the concurrency allows', async () => {
  let running = 0;
  let most = 0;
  const graph = defineGraph({ nodes: Array.from({ length: 50 }, (_, index) => ({ id: `n${index}` })) });
  await runGraph(graph, {
    concurrency: 3,
    execute: async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    },
  }).result;
  expect(most).toBe(3);
});

test('the events tell the run in order, to an iterator and to a listener', async () => {
  const heard: GraphEvent[] = [];
  const run = runGraph(diamond, { execute: (node) => node.id, onEvent: (event) => void heard.push(event) });
  const read: GraphEvent[] = [];
  for await (const event of run) read.push(event);
  expect(read).toEqual(heard);
  expect(read.map((event) => `${event.type} ${'node' in event ? event.node.id : event.status}`)).toEqual([
    'node-start top',
    'node-end top',
    'node-start left',
    'node-start right',
    'node-end left',
    'node-end right',
    'node-start end',
    'node-end end',
    'run-end succeeded',
  ]);
});

test('an iterator that is left keeps nothing up', async () => {
  const run = runGraph(diamond, { execute: (node) => node.id });
  for await (const event of run) if (event.type === 'node-end') break;
  expect((await run.result).status).toBe('succeeded');
  const late: GraphEvent[] = [];
  for await (const event of run) late.push(event);
  expect(late).toEqual([]);
});

test('an empty graph is over at once', async () => {
  const result = await runGraph(defineGraph({ nodes: [] }), { execute: () => 1 }).result;
  expect(result).toEqual({ outcomes: new Map(), status: 'succeeded' });
});

test('a node that skips itself takes its dependants along, except where the need is optional', async () => {
  const graph = defineGraph({
    nodes: [
      { id: 'a' },
      { id: 'b', needs: ['a'] },
      { id: 'c', needs: ['b'] },
      { id: 'd', needs: [{ id: 'a', optional: true }] },
      { id: 'e', needs: [{ id: 'c', optional: true }, 'd'] },
    ],
  });
  const { outcomes, status } = await runGraph(graph, {
    execute: (node, { value, outcome }) =>
      node.id === 'a' ? skip('not asked for') : [value('a'), outcome('a')?.status],
  }).result;
  expect(status).toBe('succeeded');
  expect(Object.fromEntries(outcomes)).toEqual({
    a: { status: 'skipped', reason: 'not asked for', cause: 'a' },
    b: { status: 'skipped', reason: 'need-skipped', cause: 'a' },
    c: { status: 'skipped', reason: 'need-skipped', cause: 'a' },
    d: { status: 'fulfilled', value: [undefined, 'skipped'] },
    e: { status: 'fulfilled', value: [undefined, 'skipped'] },
  });
});

test('asking for the value of a node that has not ended is a mistake', async () => {
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b' }] });
  const { outcomes } = await runGraph(graph, {
    concurrency: 1,
    execute: (node, { value, outcome }) => (node.id === 'a' ? [outcome('b'), value('b')] : 1),
  }).result;
  expect(outcomes.get('a')).toMatchObject({ status: 'failed', error: { code: 'ERR_SCHEDULER_GRAPH_STATE' } });
});

test('a synchronous throw is a failure like any other', async () => {
  const error = new Error('at once');
  const { outcomes, status } = await runGraph(defineGraph({ nodes: [{ id: 'a' }] }), {
    execute: () => {
      throw error;
    },
  }).result;
  expect([status, outcomes.get('a')]).toEqual(['failed', { status: 'failed', error }]);
});

test.each([
  [{ execute: undefined as never }, '`execute` to be a function'],
  [{ failureMode: 'stop' as never }, '`failureMode`'],
  [{ concurrency: 0 }, '`concurrency` to be an integer >= 1'],
])('options that make no sense are refused: %o', (options, message) => {
  expect(() => runGraph(diamond, { execute: (node) => node.id, ...options })).toThrow(message);
});

test('a node with several needs that did not succeed names the first of them as defined, not the first in time', async () => {
  const slow = controllableTask<unknown>();
  const graph = defineGraph({ nodes: [{ id: 'slow' }, { id: 'fast' }, { id: 'end', needs: ['slow', 'fast'] }] });
  const run = runGraph(graph, {
    concurrency: 2,
    execute: (node, context) => (node.id === 'slow' ? slow.work(context) : skip('fast')),
  });
  await new Promise((resolve) => setImmediate(resolve));
  slow.calls[0]?.resolve(skip('slow'));
  const { outcomes } = await run.result;
  expect(outcomes.get('end')).toEqual({ status: 'skipped', reason: 'need-skipped', cause: 'slow' });
});
