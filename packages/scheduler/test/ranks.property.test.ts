import fc from 'fast-check';
import { expect, test } from 'vitest';

import { GraphLedger } from '../src/graph-ledger.ts';
import { defineGraph, runGraph } from '../src/index.ts';

type Step =
  | { readonly add: readonly { readonly weight: number; readonly needs: readonly number[] }[] }
  | { readonly node: number; readonly need: number };

const added = fc.record({
  weight: fc.integer({ min: 0, max: 5 }),
  // Some of them are added later, or never.
  needs: fc.array(fc.nat(40), { maxLength: 3 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ add: fc.array(added, { minLength: 1, maxLength: 6 }) }),
  fc.record({ node: fc.nat(40), need: fc.nat(40) }),
);

test('a rank is the longest way behind a node, whatever was added in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const ledger = new GraphLedger(defineGraph({ nodes: [{ id: '0' }] }), () => undefined);
      let count = 1;
      for (const one of steps) {
        try {
          if ('add' in one) {
            const ids = one.add.map((_, index) => String(count + index));
            ledger.add(
              one.add.map(({ weight, needs }, index) => ({
                id: ids[index] as string,
                weight,
                needs: needs.map(String),
              })),
            );
            count += ids.length;
          } else {
            const state = ledger.find(String(one.node));
            if (state !== undefined) ledger.addNeed(state, String(one.need), false);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_SCHEDULER_GRAPH_CYCLE' });
        }
      }
      ledger.settleRanks();
      const states = [...ledger.states];
      const longest = (id: string): number => {
        const behind = states.filter(({ needs }) => needs.some((need) => need.id === id));
        const weight = ledger.find(id)?.node.weight ?? 0;
        return weight + Math.max(0, ...behind.map(({ node }) => longest(node.id)));
      };
      for (const state of states) expect(state.rank).toBe(longest(state.node.id));
    }),
    { numRuns: 300 },
  );
});

test('ways that part and meet again many times cost no more than their length', () => {
  const ledger = new GraphLedger(defineGraph({ nodes: [{ id: 'top' }] }), () => undefined);
  const rungs = 60;
  let end = 'top';
  for (let at = 0; at < rungs; at += 1) {
    const [short, long, meet] = [`short${String(at)}`, `long${String(at)}`, `meet${String(at)}`] as const;
    ledger.add([
      { id: long, needs: [end], weight: 2 },
      { id: short, needs: [end], weight: 1 },
      { id: meet, needs: [long, short] },
    ]);
    ledger.settleRanks();
    end = meet;
  }
  // The new end is far longer than all that was, so every rank above it rises.
  ledger.add([{ id: 'last', needs: [end], weight: 1000 }]);
  ledger.settleRanks();
  expect(ledger.find('top')?.rank).toBe(1 + rungs * 3 + 1000);
});

test.each([
  ['a node that collects what is added one by one', (index: number) => ({ id: `n${String(index)}` }), true],
  [
    'a chain that grows one by one',
    (index: number) => ({ id: `n${String(index)}`, needs: index === 0 ? [] : [`n${String(index - 1)}`] }),
    false,
  ],
] as const)('%s: 30,000 of them', async (_name, node, collect) => {
  const graph = defineGraph({ nodes: [{ id: 'list' }, { id: 'end', needs: ['list'] }] });
  const run = runGraph(graph, {
    execute: ({ id }, { add, addNeed }) => {
      if (id !== 'list') return;
      for (let index = 0; index < 30_000; index += 1) {
        add([node(index)]);
        if (collect) addNeed('end', `n${String(index)}`);
      }
    },
  });
  const { outcomes, status } = await run.result;
  expect(status).toBe('succeeded');
  expect(outcomes.size).toBe(30_002);
  if (collect) expect([...outcomes.keys()].at(-1)).toBe('end');
});
