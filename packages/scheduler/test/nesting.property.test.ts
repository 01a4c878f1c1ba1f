import { setImmediate as turn } from 'node:timers/promises';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import type { GraphRun } from '../src/index.ts';

const ways = [
  'one by one',
  'at once',
  'as a graph',
  'released',
  'awaited later',
  'a graph awaited later',
  'not awaited',
  'a graph not awaited',
] as const;

interface Tree {
  readonly how: (typeof ways)[number];
  readonly turns: number;
  readonly children: readonly Tree[];
}

const parts = { how: fc.constantFrom(...ways), turns: fc.nat(2) };
const leaf = fc.record({ ...parts, children: fc.constant([]) });
const below = (child: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc.record({ ...parts, children: fc.array(child, { maxLength: 4 }) });
const tree = fc.oneof(leaf, below(leaf), below(below(leaf)), below(below(below(leaf))));

const sizeOf = (one: Tree): number => 1 + one.children.reduce((sum, child) => sum + sizeOf(child), 0);

test('whatever tasks start inside tasks and wait for, all of them end, and at no time more than maxWorkers run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(tree, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 3 }), check),
    { numRuns: 300 },
  );
});

async function check(roots: readonly Tree[], maxWorkers: number): Promise<void> {
  await using scheduler = new Scheduler({ maxWorkers, bufferSize: 1 });
  let running = 0;
  let most = 0;
  let ended = 0;
  /** What a task does itself, which one that waits does not. */
  const work = async (turns: number): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    for (let at = 0; at < turns; at += 1) await turn();
    running -= 1;
  };
  const visit = async (one: Tree): Promise<number> => {
    await work(one.turns);
    const sizes = await children(one);
    await work(1);
    ended += 1;
    return sizes.reduce((sum, size) => sum + size, 1);
  };
  const start = (child: Tree): Promise<number> => scheduler.submit(() => visit(child));
  const startGraph = (trees: readonly Tree[]): GraphRun =>
    runGraph(defineGraph({ nodes: trees.map((_, index) => ({ id: String(index) })) }), {
      scheduler,
      execute: ({ id }) => visit(trees[Number(id)] as Tree),
    });
  const children = async ({ how, turns, children: trees }: Tree): Promise<number[]> => {
    if (how === 'at once') return Promise.all(trees.map(start));
    if (how === 'released') return scheduler.submit(({ release }) => release(() => Promise.all(trees.map(start))));
    if (how === 'as a graph') return valuesOf(startGraph(trees));
    if (how === 'a graph awaited later') {
      const run = startGraph(trees);
      await work(turns);
      return valuesOf(run);
    }
    if (how === 'not awaited' || how === 'a graph not awaited') {
      if (how === 'not awaited') for (const child of trees) void start(child).catch(() => undefined);
      else startGraph(trees);
      await work(turns);
      return trees.map(sizeOf);
    }
    const later = how === 'awaited later' ? trees.map(start) : undefined;
    if (later !== undefined) await work(turns);
    const sizes: number[] = [];
    for (const [index, child] of trees.entries()) {
      sizes.push(await (later?.[index] ?? start(child)));
      await work(1);
    }
    return sizes;
  };
  const sizes = await Promise.all(roots.map(start));
  expect(sizes).toEqual(roots.map(sizeOf));
  // The rest is what nobody waits for.
  do await turn();
  while (scheduler.stats().running + scheduler.stats().queued > 0);
  expect(ended).toBe(roots.reduce((sum, root) => sum + sizeOf(root), 0));
  expect(most).toBeLessThanOrEqual(maxWorkers);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
}

async function valuesOf(run: GraphRun): Promise<number[]> {
  const { outcomes } = await run.result;
  return [...outcomes.values()].map((outcome) => (outcome.status === 'fulfilled' ? Number(outcome.value) : NaN));
}
