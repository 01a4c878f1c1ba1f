import { describe, expect, it } from 'vitest';

import { measureInterleaved, timeInterleaved } from '../src/measure.ts';
import { seededRandom } from '../src/random.ts';

/** Cases that say when they ran. */
function cases(names: readonly string[]): {
  readonly ran: string[];
  readonly list: { readonly id: string; readonly run: () => unknown }[];
} {
  const ran: string[] = [];
  return { ran, list: names.map((id) => ({ id, run: () => ran.push(id) })) };
}

describe('interleaved rounds', () => {
  it('run each case once, in an order that changes, and leave the warm-up out', async () => {
    const { ran, list } = cases(['a', 'b', 'c', 'd']);
    const times = await timeInterleaved(list, { rounds: 10, random: seededRandom(1) });
    const rounds = Array.from({ length: 11 }, (_, index) => ran.slice(index * 4, index * 4 + 4));
    for (const round of rounds) expect(round.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(new Set(rounds.map((round) => round.join(''))).size).toBeGreaterThan(3);
    for (const name of ['a', 'b', 'c', 'd']) expect(times.summary(name).n).toBe(10);
  });

  it('are in the same order for the same seed', async () => {
    const [one, two] = [cases(['a', 'b', 'c']), cases(['a', 'b', 'c'])];
    await timeInterleaved(one.list, { rounds: 5, random: seededRandom(3) });
    await timeInterleaved(two.list, { rounds: 5, random: seededRandom(3) });
    expect(one.ran).toEqual(two.ran);
  });

  it('tell after each how many are done', async () => {
    const told: string[] = [];
    const { list } = cases(['a']);
    await timeInterleaved(list, {
      rounds: 3,
      random: seededRandom(1),
      onRound: (done, of) => told.push(`${done}/${of}`),
    });
    expect(told).toEqual(['1/3', '2/3', '3/3']);
  });

  it('end with the time box, but never before five', async () => {
    const { list } = cases(['a']);
    const times = await timeInterleaved(list, { rounds: 100, random: seededRandom(1), timeBoxMs: 0 });
    expect(times.summary('a').n).toBe(5);
  });

  it('fail with what a case throws', async () => {
    const broken = [{ id: 'a', run: () => Promise.reject(new Error('the work failed')) }];
    await expect(timeInterleaved(broken, { rounds: 1, random: seededRandom(1) })).rejects.toThrow('the work failed');
    await expect(measureInterleaved(broken, { rounds: 1, roundMs: 1, random: seededRandom(1) })).rejects.toThrow(
      'the work failed',
    );
  });

  it('take the median latency of a round from tinybench, whose work is awaited', async () => {
    let [begun, ended] = [0, 0];
    const work = async (): Promise<void> => {
      begun += 1;
      await Promise.resolve();
      ended += 1;
    };
    const times = await measureInterleaved([{ id: 'a', run: work }], {
      rounds: 3,
      roundMs: 2,
      random: seededRandom(1),
    });
    expect(times.summary('a')).toMatchObject({ n: 3 });
    expect(times.summary('a').min).toBeGreaterThan(0);
    expect(begun).toBe(ended);
    expect(begun).toBeGreaterThan(4);
  });
});
