import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import type { GraphNodeDefinition, NodeContext } from '../src/index.ts';

const one = (id: string, rest: Partial<GraphNodeDefinition> = {}) => defineGraph({ nodes: [{ id, ...rest }] });

test('a node that adds 1,000 on one worker with a buffer of one never waits for itself', async () => {
  const scheduler = new Scheduler({ maxWorkers: 1, bufferSize: 1 });
  const { outcomes, status } = await runGraph(one('split'), {
    scheduler,
    execute: (node, { add }) => {
      if (node.id === 'split')
        add(Array.from({ length: 1000 }, (_, index) => ({ id: `item${index}`, needs: ['split'] })));
      return node.id;
    },
  }).result;
  expect([status, outcomes.size]).toEqual(['succeeded', 1001]);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('a running node that adds nodes without needs may go on while they run', async () => {
  const order: string[] = [];
  await runGraph(one('parent'), {
    concurrency: 2,
    execute: async (node, { add }) => {
      if (node.id !== 'parent') return void order.push(node.id);
      await new Promise<void>((resolve) => {
        add([{ id: 'child' }]);
        setImmediate(resolve);
      });
      return void order.push('parent');
    },
  }).result;
  expect(order).toEqual(['child', 'parent']);
});

test('item-wise edges: one item goes all its way while another still waits', async () => {
  const order: string[] = [];
  let letGo: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const run = runGraph(one('list'), {
    concurrency: 4,
    execute: async (node, { add }) => {
      if (node.id === 'list') {
        add(
          ['a', 'b'].flatMap((item) => [{ id: `draft[${item}]` }, { id: `check[${item}]`, needs: [`draft[${item}]`] }]),
        );
        return;
      }
      if (node.id === 'draft[a]') await gate;
      order.push(node.id);
      if (node.id === 'check[b]') letGo?.();
    },
  });
  expect((await run.result).status).toBe('succeeded');
  expect(order).toEqual(['draft[b]', 'check[b]', 'draft[a]', 'check[a]']);
});

test('needs may have ended, be running, or come later', async () => {
  const graph = defineGraph({ nodes: [{ id: 'first' }, { id: 'second', needs: ['first'] }] });
  const seen: Record<string, unknown> = {};
  const { outcomes } = await runGraph(graph, {
    execute: (node, { add, value }) => {
      if (node.id === 'second')
        add([
          { id: 'all', needs: ['first', 'second', 'later'] },
          { id: 'later', needs: ['second'] },
        ]);
      if (node.id === 'all')
        Object.assign(seen, { first: value('first'), second: value('second'), later: value('later') });
      return node.id;
    },
  }).result;
  expect(seen).toEqual({ first: 'first', second: 'second', later: 'later' });
  expect([...outcomes.keys()]).toEqual(['first', 'second', 'later', 'all']);
});

test('a need that never comes fails the node by its name, and the run ends', async () => {
  const { outcomes, status } = await runGraph(one('a'), {
    execute: (node, { add }) => {
      if (node.id === 'a')
        add([
          { id: 'b', needs: ['ghost'] },
          { id: 'c', needs: ['b'] },
        ]);
    },
  }).result;
  expect(status).toBe('failed');
  expect(outcomes.get('b')).toMatchObject({
    status: 'failed',
    error: {
      code: 'ERR_SCHEDULER_GRAPH_UNKNOWN_NEED',
      message: expect.stringContaining('`ghost` never came') as string,
    },
  });
  expect(outcomes.get('c')).toMatchObject({ status: 'skipped', cause: 'b' });
});

test('a node that is added under a need that did not succeed is skipped', async () => {
  const graph = defineGraph({ nodes: [{ id: 'bad' }, { id: 'adder', needs: [{ id: 'bad', optional: true }] }] });
  const { outcomes } = await runGraph(graph, {
    failureMode: 'continue',
    execute: (node, { add }) => {
      if (node.id === 'bad') throw new Error('bad');
      if (node.id === 'adder')
        add([
          { id: 'x', needs: ['bad'] },
          { id: 'y', needs: [{ id: 'bad', optional: true }] },
        ]);
      return node.id;
    },
  }).result;
  expect(outcomes.get('x')).toEqual({ status: 'skipped', reason: 'need-failed', cause: 'bad' });
  expect(outcomes.get('y')).toEqual({ status: 'fulfilled', value: 'y' });
});

test('a node that has not started can be made to wait for one more', async () => {
  const order: string[] = [];
  const graph = defineGraph({ nodes: [{ id: 'start' }, { id: 'end', needs: ['start'] }] });
  await runGraph(graph, {
    execute: (node, { add, addNeed }) => {
      order.push(node.id);
      if (node.id !== 'start') return;
      add([{ id: 'x1' }, { id: 'x2', needs: ['x1'] }]);
      addNeed('end', 'x2');
    },
  }).result;
  expect(order).toEqual(['start', 'x1', 'x2', 'end']);
});

test('a ready node that waits for its slot can still be given a need', async () => {
  const order: string[] = [];
  const graph = defineGraph({ nodes: [{ id: 'start', priority: 1 }, { id: 'ready' }] });
  const { status } = await runGraph(graph, {
    concurrency: 1,
    execute: (node, { add, addNeed }) => {
      order.push(node.id);
      if (node.id !== 'start') return;
      addNeed('ready', 'extra');
      add([{ id: 'extra', priority: -1 }]);
    },
  }).result;
  expect([status, order]).toEqual(['succeeded', ['start', 'extra', 'ready']]);
});

test.each<[string, (context: NodeContext) => void, string]>([
  ['a name that is taken', ({ add }) => add([{ id: 'fine' }, { id: 'a' }]), 'ERR_SCHEDULER_GRAPH_DUPLICATE'],
  ['the same name twice', ({ add }) => add([{ id: 'x' }, { id: 'x' }]), 'ERR_SCHEDULER_GRAPH_DUPLICATE'],
  [
    'a cycle among the new',
    ({ add }) =>
      add([
        { id: 'x', needs: ['y'] },
        { id: 'y', needs: ['x'] },
      ]),
    'ERR_SCHEDULER_GRAPH_CYCLE',
  ],
  [
    'a cycle through the old',
    ({ add }) => {
      add([{ id: 'x', needs: ['y'] }]);
      add([{ id: 'y', needs: ['x'] }]);
    },
    'ERR_SCHEDULER_GRAPH_CYCLE',
  ],
  [
    'a cycle by a later need',
    ({ add, addNeed }) => {
      add([{ id: 'x', needs: ['b'] }]);
      addNeed('b', 'x');
    },
    'ERR_SCHEDULER_GRAPH_CYCLE',
  ],
  ['a need for a node that has started', ({ addNeed }) => addNeed('a', 'b'), 'ERR_SCHEDULER_GRAPH_STATE'],
  ['a need for a node that nobody knows', ({ addNeed }) => addNeed('nobody', 'b'), 'ERR_SCHEDULER_GRAPH_STATE'],
])('%s is refused, with nothing added', async (_name, mistake, code) => {
  let caught: unknown;
  const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }] });
  const { outcomes } = await runGraph(graph, {
    failureMode: 'continue',
    execute: (node, context) => {
      if (node.id !== 'a') return;
      try {
        mistake(context);
      } catch (error) {
        caught = error;
      }
    },
  }).result;
  expect(caught).toMatchObject({ code });
  expect(outcomes.has('fine')).toBe(false);
  expect(outcomes.get('b')).toMatchObject({ status: 'fulfilled' });
});

test('nodes cannot be added to a run that has ended', async () => {
  let kept: NodeContext | undefined;
  await runGraph(one('a'), { execute: (_node, context) => void (kept = context) }).result;
  expect(() => kept?.add([{ id: 'b' }])).toThrow(expect.objectContaining({ code: 'ERR_SCHEDULER_GRAPH_STATE' }));
});

test('bookkeeping nodes need no slot', async () => {
  const nodes = [{ id: 'holder' }, { id: 'books', lane: 'none' as const }];
  let closeBooks: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => (closeBooks = resolve));
  const { status } = await runGraph(defineGraph({ nodes }), {
    concurrency: 1,
    execute: (node) => (node.id === 'holder' ? closed : closeBooks?.()),
  }).result;
  expect(status).toBe('succeeded');
});

test('a chain of bookkeeping nodes that adds itself on does not fill the stack', async () => {
  const { outcomes } = await runGraph(one('n0', { lane: 'none' }), {
    execute: (node, { add }) => {
      const next = Number(node.id.slice(1)) + 1;
      if (next < 20_000) add([{ id: `n${next}`, lane: 'none' }]);
    },
  }).result;
  expect(outcomes.size).toBe(20_000);
});
