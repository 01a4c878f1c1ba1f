import { expect, test } from 'vitest';

import { defineGraph, runGraph } from '../src/index.ts';
import type { GraphNodeDefinition } from '../src/index.ts';

async function orderOf(nodes: readonly GraphNodeDefinition[]): Promise<string[]> {
  const order: string[] = [];
  await runGraph(defineGraph({ nodes }), { concurrency: 1, execute: (node) => void order.push(node.id) }).result;
  return order;
}

test('a higher priority goes first', async () => {
  expect(await orderOf([{ id: 'low', priority: -1 }, { id: 'mid' }, { id: 'high', priority: 5 }])).toEqual([
    'high',
    'mid',
    'low',
  ]);
});

test('of equal priority, the longest path still behind goes first', async () => {
  const nodes = [
    { id: 'short' },
    { id: 'long' },
    { id: 'l2', needs: ['long'] },
    { id: 'l3', needs: ['l2'] },
    { id: 's2', needs: ['short'] },
  ];
  expect(await orderOf(nodes)).toEqual(['long', 'short', 'l2', 'l3', 's2']);
});

test('the weight counts in the length of a path', async () => {
  const nodes = [
    { id: 'many' },
    { id: 'm2', needs: ['many'] },
    { id: 'heavy' },
    { id: 'h2', needs: ['heavy'], weight: 10 },
  ];
  expect(await orderOf(nodes)).toEqual(['heavy', 'h2', 'many', 'm2']);
});

test('all else equal, nodes go as they were defined', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `n${index}`);
  expect(await orderOf(ids.map((id) => ({ id })))).toEqual(ids);
});

test('a need that is added later lengthens the path', async () => {
  const order: string[] = [];
  const graph = defineGraph({ nodes: [{ id: 'start', priority: 1 }, { id: 'other', weight: 2 }, { id: 'x' }] });
  await runGraph(graph, {
    concurrency: 1,
    execute: (node, { add }) => {
      order.push(node.id);
      // `x` alone is shorter than `other`; with a heavy node behind it, it is longer.
      if (node.id === 'start') add([{ id: 'tail', needs: ['x'], weight: 5 }]);
    },
  }).result;
  expect(order).toEqual(['start', 'x', 'tail', 'other']);
});
