import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareSummaries, medianRanks, quantile, ratioOf, summarize } from '../src/statistics.ts';

describe('quantiles', () => {
  it('agree with R for a known sample', () => {
    // R: quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, .5, 1))
    const sample = [15, 20, 35, 40, 50];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((q) => quantile(sample, q))).toEqual([16, 23, 29, 35, 50]);
  });

  it('refuse an empty sample', () => {
    expect(() => quantile([], 0.5)).toThrow('Expected at least one sample, got none');
  });
});

describe('the interval of the median', () => {
  it('has the ranks of the published table', () => {
    // Conover's table counts ranks from 1: n = 10 → 2 and 9, n = 20 → 6 and 15, n = 30 → 10 and 21.
    expect(medianRanks(10)).toEqual([1, 8]);
    expect(medianRanks(20)).toEqual([5, 14]);
    expect(medianRanks(30)).toEqual([9, 20]);
  });

  it('is the whole range where there are too few samples', () => {
    expect(medianRanks(5)).toEqual([0, 4]);
    expect(medianRanks(1)).toEqual([0, 0]);
  });

  it('stays in order and narrow for thousands of samples', () => {
    for (const n of [199, 200, 1074, 1075, 5000]) {
      const [low, high] = medianRanks(n);
      expect(low).toBeLessThan(n / 2);
      expect(high).toBeGreaterThan(n / 2 - 1);
      expect(high - low).toBeLessThan(3 * Math.sqrt(n));
    }
  });

  it('holds the median of every sample', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (samples) => {
          const summary = summarize(samples);
          expect(summary.low).toBeLessThanOrEqual(summary.median);
          expect(summary.median).toBeLessThanOrEqual(summary.high);
          expect(summary.min).toBeLessThanOrEqual(summary.low);
          expect(summary.high).toBeLessThanOrEqual(summary.max);
        },
      ),
    );
  });
});

describe('a comparison', () => {
  const around = (centre: number): ReturnType<typeof summarize> =>
    summarize(Array.from({ length: 21 }, (_, index) => centre + (index - 10) / 10));

  it('sees no difference where the intervals overlap', () => {
    expect(compareSummaries(around(10), around(10.2))).toBe('no difference');
  });

  it('names the direction where they do not', () => {
    expect(compareSummaries(around(10), around(20))).toBe('more');
    expect(compareSummaries(around(20), around(10))).toBe('less');
  });

  it('gives a ratio within its own interval', () => {
    const ratio = ratioOf(around(10), around(20));
    expect(ratio.value).toBeCloseTo(0.5);
    expect(ratio.low).toBeLessThan(0.5);
    expect(ratio.high).toBeGreaterThan(0.5);
  });
});
