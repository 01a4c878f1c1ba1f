import { describe, expect, it } from 'vitest';

import { summaryOf } from '../src/package-bench.ts';
import { seededRandom } from '../src/random.ts';
import { summarize } from '../src/statistics.ts';

interface Figure {
  readonly median: number;
  readonly min?: number;
  readonly max?: number;
  readonly p10?: number;
  readonly p90?: number;
  readonly p95?: number;
  readonly values: readonly number[];
}
const load = async <T>(path: string): Promise<T> => (await import(new URL(path, import.meta.url).href)) as T;
const cache = await load<{ summarize(samples: readonly number[]): Figure; seededRandom(seed: number): () => number }>(
  '../../cache/bench/statistics.mjs',
);
const scheduler = await load<{
  summary(samples: readonly number[]): Figure;
  interleave(
    contenders: readonly { name: string; run: () => Promise<number> }[],
    options: { rounds: number; warmups?: number },
  ): Promise<(Figure & { name: string })[]>;
}>('../../scheduler/bench/measure.mjs');
const core = await load<{ spread(samples: readonly number[]): Figure & { least: number; most: number } }>(
  '../../core/bench/statistics.mjs',
);

// Each package keeps its benchmark to itself; what they say of the same samples must be the same.
const sets = [[5], [3, 1], [4, 1, 3, 2], [15, 20, 35, 40, 50], Array.from({ length: 26 }, seededRandom(9))];

describe.each(sets.map((samples) => ({ samples, n: samples.length })))('of $n samples', ({ samples }) => {
  const expected = summarize(samples);

  it('the cache’s benchmark says what ours says', () => {
    const figure = cache.summarize(samples);
    expect(figure).toMatchObject({ median: expected.median, p90: expected.p90, min: expected.min, max: expected.max });
    expect(summaryOf(figure)).toEqual(expected);
  });

  it('the scheduler’s benchmark says what ours says', () => {
    const figure = scheduler.summary(samples);
    expect(figure).toMatchObject({ median: expected.median, min: expected.min, max: expected.max });
    expect(summaryOf(figure)).toEqual(expected);
  });

  it('the core’s benchmark says what ours says', () => {
    const figure = core.spread(samples);
    expect(figure).toMatchObject({ median: expected.median, least: expected.min, most: expected.max });
    expect(summaryOf(figure)).toEqual(expected);
  });
});

describe('the packages’ benchmarks', () => {
  it('draw the same seeded numbers', () => {
    const [ours, theirs] = [seededRandom(5), cache.seededRandom(5)];
    for (let time = 0; time < 100; time += 1) expect(theirs()).toBe(ours());
  });

  it('interleave, and leave the warm-up out', async () => {
    const ran: string[] = [];
    const contender = (name: string, value: number): { name: string; run: () => Promise<number> } => ({
      name,
      run: () => {
        ran.push(name);
        return Promise.resolve(value);
      },
    });
    const rows = await scheduler.interleave([contender('a', 1), contender('b', 2)], { rounds: 4, warmups: 2 });
    expect(ran.join('')).toBe('abbaabbaabba');
    expect(rows.map(({ name, values }) => [name, values])).toEqual([
      ['a', [1, 1, 1, 1]],
      ['b', [2, 2, 2, 2]],
    ]);
  });

  it('are refused where a figure comes without its samples', () => {
    expect(() => summaryOf({ median: 1 } as unknown as { values: number[] })).toThrow('with its samples');
  });
});
