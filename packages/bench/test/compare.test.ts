import { describe, expect, it } from 'vitest';

import { compareResults, formatComparison } from '../src/compare.ts';
import { summarize } from '../src/statistics.ts';
import { fixture, resultsOf, rowOf, scenarioOf } from './support/fixture.ts';

describe('a comparison of two files', () => {
  it('calls a change below the spread no difference', () => {
    expect(compareResults(fixture(1), fixture(1.01)).map((item) => item.verdict)).toEqual(
      Array(3).fill('no difference'),
    );
    expect(formatComparison(fixture(1), fixture(1.01))).toMatch(/ {3}no difference, 1\.01 × \([\d.]+ … [\d.]+\)$/m);
  });

  it('names a real change, with both intervals and the ratio’s', () => {
    expect(compareResults(fixture(1), fixture(2)).map((item) => item.verdict)).toEqual(Array(3).fill('more'));
    expect(formatComparison(fixture(1), fixture(2))).toContain(
      '1.00 ms [975 µs … 1.02 ms] → 2.00 ms [1.95 ms … 2.05 ms]   slower, 2 × (1.9 … 2.1)',
    );
    expect(formatComparison(fixture(2), fixture(1))).toContain('faster, 0.5 ×');
  });

  it('finds words that fit the unit', () => {
    const bytes = (centre: number): ReturnType<typeof fixture> =>
      resultsOf([scenarioOf('m', [rowOf('a', centre, { unit: 'B' })])]);
    expect(formatComparison(bytes(100), bytes(200))).toContain('larger');
    expect(formatComparison(bytes(200), bytes(100))).toContain('smaller');
  });

  it('tells what was counted otherwise', () => {
    expect(formatComparison(fixture(1), fixture(2))).toContain('one · model calls: 1,087 → 2,174');
    expect(formatComparison(fixture(1), fixture(1))).not.toContain('Counted otherwise');
  });

  it('knows that what is counted has no spread', () => {
    const entry = (bytes: number): ReturnType<typeof fixture> =>
      resultsOf([scenarioOf('m', [rowOf('a', 1, { unit: 'B', exact: true, summary: summarize([bytes]) })])]);
    expect(compareResults(entry(100), entry(110)).map((item) => item.verdict)).toEqual(['more']);
    expect(compareResults(entry(100), entry(101)).map((item) => item.verdict)).toEqual(['no difference']);
  });

  it('joins a peer with its next release', () => {
    const of = (subject: string): ReturnType<typeof fixture> =>
      resultsOf([scenarioOf('p', [rowOf('a', 1, { subject })])]);
    expect(compareResults(of('peer 1.0.0'), of('peer 1.1.0'))).toHaveLength(1);
  });

  it('leaves other work under the same id alone', () => {
    const of = (label: string): ReturnType<typeof fixture> => resultsOf([scenarioOf('d', [rowOf('a', 1, { label })])]);
    expect(compareResults(of('1 worker of 2'), of('1 worker of 4'))).toEqual([]);
  });

  it('counts what it could not compare', () => {
    const [a, b] = [
      resultsOf([scenarioOf('s', [rowOf('same', 1), rowOf('old', 1)])]),
      resultsOf([scenarioOf('s', [rowOf('same', 1), rowOf('new', 1), rowOf('newer', 1)])]),
    ];
    const text = formatComparison(a, b);
    expect(text).toContain('1 figures in both: 0 less, 0 more, 1 no difference');
    expect(text).toContain('Not compared: 1 only in A, 2 only in B.');
    expect(formatComparison(a, resultsOf([]))).toContain('no figure in common');
  });

  it('warns when machines or profiles differ', () => {
    const other = fixture(1);
    const moved = { ...other, environment: { ...other.environment, node: 'v22.0.0' } };
    expect(formatComparison(fixture(1), moved)).toContain('different machines or Node versions');
    expect(formatComparison(fixture(1), resultsOf(other.scenarios, 'short'))).toContain('their rounds differ');
    expect(formatComparison(fixture(1), fixture(1))).not.toMatch(/differ(?!ence)/);
  });
});
