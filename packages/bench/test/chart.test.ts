import { describe, expect, it } from 'vitest';

import { barChart } from '../src/report/chart.ts';
import { rowOf } from './support/fixture.ts';

const bars = (chart: string): number[] =>
  [...chart.matchAll(/<rect class="(?:ours|peer)"[^>]* width="([\d.]+)"/g)].map((match) => Number(match[1]));

describe('a chart', () => {
  it('is well-formed, whatever the names hold', () => {
    const chart = barChart('A < b & "c"', [rowOf('a', 1, { label: '<fast> & "good"' }), rowOf('b', 2)]);
    expect(chart).toContain('&lt;fast&gt; &amp; &quot;good&quot;');
    // Every tag is closed, in order.
    const open: string[] = [];
    for (const [, end, name, single] of chart.matchAll(/<(\/?)([a-z]+)\b[^>]*?(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(name);
      else if (single !== '/') open.push(name as string);
    }
    expect(open).toEqual([]);
    expect(chart).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('draws a length that stands for the median', () => {
    const [one, two] = bars(barChart('t', [rowOf('a', 10), rowOf('b', 20)])) as [number, number];
    expect(two / one).toBeCloseTo(2, 1);
  });

  it('goes over to powers of ten where the small bars could not be seen, and says so', () => {
    const near = barChart('t', [rowOf('a', 1), rowOf('b', 40)]);
    const far = barChart('t', [rowOf('a', 1), rowOf('b', 10_000)]);
    expect(near).not.toContain('logarithmic');
    expect(far).toContain('logarithmic scale');
    expect(far).toContain('class="grid"');
    const [small, large] = bars(far) as [number, number];
    expect(small).toBeGreaterThan(0);
    expect(large).toBeGreaterThan(small);
  });

  it('gives the longest name room, and every value', () => {
    const name = 'a name that is longer than most: fresh process, from its file';
    const chart = barChart('t', [rowOf('a', 1, { bar: name }), rowOf('b', 3)]);
    for (const [, x, text] of chart.matchAll(/class="label" x="([\d.]+)"[^>]*>([^<]+)</g))
      expect(Number(x) - (text as string).length * 7).toBeGreaterThanOrEqual(0);
    for (const [, x, text] of chart.matchAll(/class="value" x="([\d.]+)"[^>]*>([^<]+)</g))
      expect(Number(x) + (text as string).length * 8).toBeLessThanOrEqual(760);
  });

  it('follows the reader’s light or dark theme and tells ours from theirs', () => {
    const chart = barChart('t', [rowOf('a', 1), rowOf('b', 1, { subject: 'peer 1.0' })]);
    expect(chart).toContain('prefers-color-scheme:dark');
    expect(chart).toContain('green is ours');
    expect(chart.match(/<rect class="(ours|peer)"/g)).toEqual(['<rect class="ours"', '<rect class="peer"']);
  });

  it('shows a figure of nothing as nothing', () => {
    expect(barChart('t', [rowOf('a', 0), rowOf('b', 5)])).not.toMatch(/NaN|Infinity/);
  });
});
