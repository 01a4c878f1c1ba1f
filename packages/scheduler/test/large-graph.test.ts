import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../dist/index.js';
import type { GraphNodeDefinition } from '../dist/index.js';

const size = 100_000;
const shapes: Record<string, (index: number) => GraphNodeDefinition> = {
  'a chain': (index) => ({ id: `n${index}`, needs: index === 0 ? [] : [`n${index - 1}`] }),
  'all independent': (index) => ({ id: `n${index}` }),
  'a fan out and in': (index) => ({
    id: `n${index}`,
    needs: index === 0 ? [] : index === size - 1 ? Array.from({ length: size - 2 }, (_, at) => `n${at + 1}`) : ['n0'],
  }),
  'a chain of bookkeeping': (index) => ({ id: `n${index}`, lane: 'none', needs: index === 0 ? [] : [`n${index - 1}`] }),
};

test.each(Object.keys(shapes))('100,000 nodes run: %s', async (name) => {
  const shape = shapes[name] as (index: number) => GraphNodeDefinition;
  const graph = defineGraph({ nodes: Array.from({ length: size }, (_, index) => shape(index)) });
  let calls = 0;
  const { outcomes, status } = await runGraph(graph, {
    scheduler: new Scheduler({ maxWorkers: 8 }),
    execute: () => (calls += 1),
  }).result;
  expect([status, outcomes.size, calls]).toEqual(['succeeded', size, size]);
});

test('a failure at the head of 100,000 skips the rest', async () => {
  const graph = defineGraph({
    nodes: Array.from({ length: size }, (_, index) =>
      (shapes['a chain'] as (index: number) => GraphNodeDefinition)(index),
    ),
  });
  const { outcomes, status } = await runGraph(graph, {
    failureMode: 'continue',
    execute: () => Promise.reject(new Error('first')),
  }).result;
  expect([status, outcomes.size]).toEqual(['failed', size]);
  expect(outcomes.get(`n${size - 1}`)).toMatchObject({ status: 'skipped', cause: 'n0' });
});

test('one node adds 100,000', async () => {
  const { outcomes } = await runGraph(defineGraph({ nodes: [{ id: 'split' }] }), {
    execute: (node, { add }) => {
      if (node.id === 'split')
        add(
          Array.from({ length: size }, (_, index) => ({
            id: `n${index}`,
            needs: index === 0 ? ['split'] : [`n${index - 1}`],
          })),
        );
    },
  }).result;
  expect(outcomes.size).toBe(size + 1);
});
