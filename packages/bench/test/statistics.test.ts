import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { seededRandom } from '../src/random.ts';
import { compareSummaries, isNoDifference, medianRanks, quantile, ratioOf, summarize } from '../src/statistics.ts';

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

describe('a summary', () => {
  it('is that of NumPy for a known sample', () => {
    // numpy: median, min, percentile(90), max of [2.1, 2.3, 1.9, 8.4, 2.2, 2.0, 2.4, 2.2, 2.6, 2.1]
    expect(summarize([2.1, 2.3, 1.9, 8.4, 2.2, 2.0, 2.4, 2.2, 2.6, 2.1])).toEqual({
      n: 10,
      median: 2.2,
      min: 1.9,
      p90: expect.closeTo(3.18, 10) as number,
      max: 8.4,
      // The second and the ninth of ten in order.
      low: 2.0,
      high: 2.6,
    });
  });

  it('leaves its samples as they were', () => {
    const samples = Object.freeze([3, 1, 2]);
    expect(summarize(samples).median).toBe(2);
    expect(samples).toEqual([3, 1, 2]);
  });
});

describe('the interval of the median', () => {
  it('holds the true median in at least 95 of 100 experiments, whatever the distribution', () => {
    const random = seededRandom(42);
    // Long-tailed, as latencies are: exponential, whose median is ln 2.
    for (const n of [7, 15, 21, 61, 250]) {
      let held = 0;
      const experiments = 2000;
      for (let experiment = 0; experiment < experiments; experiment += 1) {
        const { low, high } = summarize(Array.from({ length: n }, () => -Math.log(1 - random())));
        if (low <= Math.LN2 && Math.LN2 <= high) held += 1;
      }
      expect(held / experiments).toBeGreaterThan(0.94);
    }
  });

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

  it('tells nothing of one or two samples, whose spread is not known', () => {
    expect(compareSummaries(summarize([1, 1]), summarize([9, 9, 9]))).toBe('no difference');
    expect(compareSummaries(summarize([1, 1, 1]), summarize([9, 9, 9]))).toBe('more');
  });

  it('of a ratio says nothing where 1 lies within', () => {
    expect(isNoDifference({ value: 1.1, low: 0.9, high: 1.3 })).toBe(true);
    expect(isNoDifference({ value: 1.1, low: 1.05, high: 1.3 })).toBe(false);
    expect(isNoDifference({ value: 0.8, low: 0.7, high: 0.9 })).toBe(false);
  });

  it('gives a ratio within its own interval', () => {
    const ratio = ratioOf(around(10), around(20));
    expect(ratio.value).toBeCloseTo(0.5);
    expect(ratio.low).toBeLessThan(0.5);
    expect(ratio.high).toBeGreaterThan(0.5);
  });
});
