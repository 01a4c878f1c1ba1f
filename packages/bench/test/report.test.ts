import { describe, expect, it } from 'vitest';

import { checkBudgets } from '../src/budgets.ts';
import { compareResults, formatComparison } from '../src/compare.ts';
import { renderReport, renderTerminal } from '../src/report/markdown.ts';
import type { Results } from '../src/results.ts';
import { summarize } from '../src/statistics.ts';

function fixture(scale: number): Results {
  const summary = (centre: number): ReturnType<typeof summarize> =>
    summarize(Array.from({ length: 21 }, (_, index) => centre * scale * (1 + (index - 10) / 200)));
  return {
    schema: 'orc.bench/1',
    profile: 'full',
    environment: {
      date: '2026-11-23T12:00:00.000Z',
      cpu: 'A processor',
      cores: 2,
      memoryGb: 24,
      freeMemoryGb: 20,
      platform: 'linux-x64',
      node: 'v20.20.2',
      v8: '11.3',
      commit: 'abcdef0123',
      dirty: false,
      versions: { '@orc/core': '0.1.0' },
    },
    scenarios: [
      {
        id: 'one',
        title: 'One | scenario',
        question: 'How long?',
        command: 'pnpm bench one',
        rows: [
          {
            id: 'a',
            label: 'ours <fast>',
            subject: 'orc',
            unit: 'ms',
            summary: summary(1),
            documented: '2 ms',
            chart: 'c',
          },
          {
            id: 'b',
            label: 'theirs',
            subject: 'peer 1.0',
            unit: 'ms',
            summary: summary(400),
            limit: '100 ms',
            chart: 'c',
          },
        ],
        ratios: [
          {
            id: 'r',
            label: 'ours against theirs',
            ratio: { value: 0.0025 * scale, low: 0.002 * scale, high: 0.003 * scale },
          },
        ],
        notes: ['A note.'],
        absent: [{ subject: 'absent-peer', reason: 'not installed' }],
      },
    ],
  };
}

describe('a report', () => {
  const files = renderReport(fixture(1));

  it('is one page with a chart for each group of bars', () => {
    expect(files.map((file) => file.path)).toEqual(['benchmarks/one.svg', 'benchmarks.md']);
  });

  it('shows figures with command, documented value, limit, ratio, and what is absent', () => {
    const page = files.at(-1)?.content ?? '';
    for (const text of [
      'pnpm bench one',
      '| ours <fast> | orc | **1.00 ms** |',
      '2 ms',
      '100 ms',
      '0.00250 ×',
      'absent-peer: not installed',
      'A note.',
      'commit abcdef0123',
    ])
      expect(page).toContain(text);
  });

  it('draws bars that are well-formed, and says when the scale is logarithmic', () => {
    const chart = files[0]?.content ?? '';
    expect(chart).toContain('ours &lt;fast&gt;');
    expect(chart).toContain('logarithmic scale');
    expect(chart.match(/<rect class="(?:ours|peer)"/g)).toHaveLength(2);
    expect(chart).toContain('prefers-color-scheme:dark');
  });

  it('reads in a terminal too', () => {
    expect(renderTerminal(fixture(1))).toContain('ours <fast>');
  });
});

describe('a comparison of two files', () => {
  it('calls a change below the spread no difference', () => {
    expect(compareResults(fixture(1), fixture(1.01)).map((item) => item.verdict)).toEqual([
      'no difference',
      'no difference',
    ]);
    expect(formatComparison(fixture(1), fixture(1.01))).toContain('no difference');
  });

  it('names a real change', () => {
    expect(compareResults(fixture(1), fixture(2)).map((item) => item.verdict)).toEqual(['more', 'more']);
  });

  it('warns when the machines differ', () => {
    const other = fixture(1);
    expect(
      formatComparison(fixture(1), { ...other, environment: { ...other.environment, node: 'v22.0.0' } }),
    ).toContain('different machines or Node versions');
  });
});

describe('budgets', () => {
  const budget = { scenario: 'one', ratio: 'r', max: 0.0025, why: 'a promise' };

  it('pass when the favourable end of the interval keeps them', () => {
    expect(checkBudgets(fixture(1), [budget])[0]?.passed).toBe(true);
    expect(checkBudgets(fixture(2), [budget])[0]?.passed).toBe(false);
  });

  it('fail when the ratio was not measured', () => {
    expect(checkBudgets(fixture(1), [{ ...budget, ratio: 'other' }])[0]).toMatchObject({
      passed: false,
      measured: undefined,
    });
  });
});
