import { describe, expect, it } from 'vitest';

import { Samples } from '../src/samples.ts';

describe('samples', () => {
  it('are summed up by name', () => {
    const samples = new Samples();
    samples.add('a', 3);
    samples.add('a', 1, 2);
    expect(samples.summary('a')).toEqual({ n: 3, median: 2, min: 1, p90: 2.8, max: 3, low: 1, high: 3 });
  });

  it('of the same rounds give a ratio without what slowed whole rounds down', () => {
    const samples = new Samples();
    // One side always takes half as long; every second round is ten times slower.
    for (let round = 0; round < 20; round += 1) {
      const pace = round % 2 === 0 ? 1 : 10;
      samples.add('fast', 5 * pace);
      samples.add('slow', 10 * pace);
    }
    expect(samples.paired('fast', 'slow')).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
  });

  it('of other rounds, or of nothing, are refused', () => {
    const samples = new Samples();
    samples.add('a', 1, 2);
    samples.add('b', 1);
    expect(() => samples.paired('a', 'b')).toThrow('got 2 and 1');
    expect(() => samples.summary('c')).toThrow('there are none');
  });
});
