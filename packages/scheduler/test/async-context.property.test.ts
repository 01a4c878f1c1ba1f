import { AsyncLocalStorage } from 'node:async_hooks';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { defineGraph, runGraph, Scheduler } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Piece {
  readonly how: 'submit' | 'trySubmit' | 'runGraph' | 'own graph';
  /** Whose it is; a nested piece may be somebody else’s than what it is nested in. */
  readonly user: number;
  readonly priority: number;
  readonly turns: number;
  /** How many attempts fail. */
  readonly failures: number;
  readonly nested: readonly Piece[];
}

const parts = {
  how: fc.constantFrom<Piece['how']>('submit', 'trySubmit', 'runGraph', 'own graph'),
  user: fc.nat(3),
  priority: fc.integer({ min: -1, max: 1 }),
  turns: fc.nat(2),
  failures: fc.nat(2),
};
const leaf: fc.Arbitrary<Piece> = fc.record({ ...parts, nested: fc.constant([]) });
const piece: fc.Arbitrary<Piece> = fc.oneof(leaf, fc.record({ ...parts, nested: fc.array(leaf, { maxLength: 3 }) }));
const graph = defineGraph({ nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', lane: 'none' }, { id: 'd' }] });

test('whatever is submitted, however and by whomever, runs in the async context of who submitted it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (pieces, maxWorkers, detectNesting) => {
        const users = new AsyncLocalStorage<number>();
        const clock = new ManualClock();
        const scheduler = new Scheduler({ maxWorkers, bufferSize: 50, detectNesting, clock, random: () => 0 });
        const wrong: string[] = [];
        let ran = 0;
        const start = (one: Piece): Promise<unknown> =>
          users.run(one.user, () => {
            const retry = { attempts: one.failures + 1, backoffMs: 5 };
            const body = async (attempt: number, failures: number): Promise<void> => {
              const check = (when: string): void => {
                ran += 1;
                if (users.getStore() !== one.user)
                  wrong.push(`${one.how} of ${one.user} ${when} attempt ${attempt} ran as ${users.getStore()}`);
              };
              check('at the start of');
              for (let at = 0; at < one.turns; at += 1) await turn();
              check('at the end of');
              if (attempt <= failures) throw new Error('again');
            };
            const nest = (): Promise<unknown> => Promise.all(one.nested.map(start));
            if (one.how === 'runGraph' || one.how === 'own graph') {
              const { result } = runGraph(graph, {
                ...(one.how === 'runGraph' ? { scheduler } : { concurrency: 1, clock, random: () => 0 }),
                retry,
                execute: async (node, { attempt }) => {
                  await body(attempt, node.id === 'a' ? one.failures : 0);
                  // Without nesting a node does not lend its slot.
                  if (node.id === 'd' && detectNesting) await nest();
                },
              });
              return result;
            }
            const work = async ({ attempt }: { attempt: number }): Promise<void> => {
              await body(attempt, one.failures);
              if (detectNesting) await nest();
            };
            return scheduler[one.how](work, { priority: one.priority, retry }) ?? Promise.resolve();
          });
        const state = { done: false };
        const all = Promise.all(pieces.map(start)).then(() => (state.done = true));
        // Whoever drives the clock, pauses and resizes is none of them.
        for (let round = 0; !state.done; round += 1) {
          await users.run(99, async () => {
            clock.advance(5);
            if (round % 7 === 3) scheduler.pause();
            if (round % 7 === 4) scheduler.resume();
            if (round % 11 === 5) scheduler.resize(1 + (round % 3));
            await turn();
          });
        }
        await all;
        await scheduler.close();
        expect(wrong).toEqual([]);
        expect(ran).toBeGreaterThan(0);
      },
    ),
    { numRuns: 150 },
  );
});
