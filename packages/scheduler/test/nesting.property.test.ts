import { setImmediate as turn } from 'node:timers/promises';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';

interface Tree {
  readonly how: 'one by one' | 'at once' | 'as a graph' | 'released';
  readonly turns: number;
  readonly children: readonly Tree[];
}

const parts = {
  how: fc.constantFrom<Tree['how']>('one by one', 'at once', 'as a graph', 'released'),
  turns: fc.nat(2),
};
const leaf = fc.record({ ...parts, children: fc.constant([]) });
const below = (child: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc.record({ ...parts, children: fc.array(child, { maxLength: 4 }) });
const tree = fc.oneof(leaf, below(leaf), below(below(leaf)), below(below(below(leaf))));

const sizeOf = (one: Tree): number => 1 + one.children.reduce((sum, child) => sum + sizeOf(child), 0);

test('whatever tasks wait for inside tasks, all of them end, and at no time more than maxWorkers run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(tree, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 3 }), check),
    { numRuns: 150 },
  );
});

async function check(roots: readonly Tree[], maxWorkers: number): Promise<void> {
  await using scheduler = new Scheduler({ maxWorkers, bufferSize: 1 });
  let running = 0;
  let most = 0;
  // A task that waits for its children is not running.
  const step = (change: 1 | -1): void => {
    running += change;
    most = Math.max(most, running);
  };
  const visit = async (one: Tree): Promise<number> => {
    step(1);
    for (let at = 0; at < one.turns; at += 1) await turn();
    step(-1);
    const sizes = await children(one);
    step(1);
    await turn();
    step(-1);
    return sizes.reduce((sum, size) => sum + size, 1);
  };
  const children = async ({ how, children: below }: Tree): Promise<number[]> => {
    if (how === 'at once') return Promise.all(below.map((child) => scheduler.submit(() => visit(child))));
    if (how === 'released') {
      return scheduler.submit(({ release }) =>
        release(() => Promise.all(below.map((child) => scheduler.submit(() => visit(child))))),
      );
    }
    if (how === 'as a graph') {
      const graph = defineGraph({ nodes: below.map((_, index) => ({ id: String(index) })) });
      const execute = ({ id }: { readonly id: string }): Promise<number> => visit(below[Number(id)] as Tree);
      const { outcomes } = await runGraph(graph, { scheduler, execute }).result;
      return [...outcomes.values()].map((outcome) => (outcome.status === 'fulfilled' ? Number(outcome.value) : NaN));
    }
    const sizes: number[] = [];
    for (const child of below) sizes.push(await scheduler.submit(() => visit(child)));
    return sizes;
  };
  const sizes = await Promise.all(roots.map((root) => scheduler.submit(() => visit(root))));
  expect(sizes).toEqual(roots.map(sizeOf));
  expect(most).toBeLessThanOrEqual(maxWorkers);
  expect(scheduler.stats()).toMatchObject({ running: 0, queued: 0 });
}
