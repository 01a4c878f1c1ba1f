import { expect, test } from 'vitest';

import { defineGraph } from '../src/index.ts';

test('a graph is frozen, with every default filled in', () => {
  const graph = defineGraph({
    nodes: [{ id: 'a' }, { id: 'b', needs: ['a', { id: 'a', optional: true }], lane: 'cpu', priority: 2, weight: 3 }],
  });
  expect(graph.nodes).toEqual([
    { id: 'a', needs: [], lane: 'io', priority: 0, weight: 1 },
    { id: 'b', needs: [{ id: 'a', optional: false }], lane: 'cpu', priority: 2, weight: 3 },
  ]);
  expect(Object.isFrozen(graph) && Object.isFrozen(graph.nodes) && Object.isFrozen(graph.nodes[0]?.needs)).toBe(true);
});

test('a second node of the same name is refused', () => {
  expect(() => defineGraph({ nodes: [{ id: 'a' }, { id: 'a' }] })).toThrow(
    expect.objectContaining({
      code: 'ERR_SCHEDULER_GRAPH_DUPLICATE',
      message: expect.stringContaining('`a` came twice') as string,
    }),
  );
});

test('a need that does not exist is refused by its name', () => {
  expect(() => defineGraph({ nodes: [{ id: 'a', needs: ['ghost'] }] })).toThrow(
    expect.objectContaining({
      code: 'ERR_SCHEDULER_GRAPH_UNKNOWN_NEED',
      message: expect.stringContaining('`ghost`') as string,
    }),
  );
});

test('a cycle is refused with its path', () => {
  const nodes = [
    { id: 'start' },
    { id: 'a', needs: ['start', 'c'] },
    { id: 'b', needs: ['a'] },
    { id: 'c', needs: ['b'] },
  ];
  expect(() => defineGraph({ nodes })).toThrow(
    expect.objectContaining({
      code: 'ERR_SCHEDULER_GRAPH_CYCLE',
      message: expect.stringContaining('a → c → b → a') as string,
    }),
  );
});

test('a node that needs itself is a cycle', () => {
  expect(() => defineGraph({ nodes: [{ id: 'a', needs: ['a'] }] })).toThrow('a → a');
});

test('a chain of 100,000 nodes is checked without a deep stack', () => {
  const nodes = Array.from({ length: 100_000 }, (_, index) => ({
    id: `n${index}`,
    needs: index === 0 ? [] : [`n${index - 1}`],
  }));
  expect(defineGraph({ nodes: nodes.toReversed() }).nodes).toHaveLength(100_000);
});
