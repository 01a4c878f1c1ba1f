import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { whereAhead } from '../src/report/beside.ts';
import { renderReport } from '../src/report/page.ts';
import { renderSummary, replaceSummary } from '../src/report/summary.ts';
import { renderTerminal } from '../src/report/terminal.ts';
import type { Results } from '../src/results.ts';
import { fixture, resultsOf, rowOf, scenarioOf } from './support/fixture.ts';

/** As it reads: figures hold to their units by a space that does not break. */
const read = (text: string | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');
const pageOf = (results: Results): string => read(renderReport(results).at(-1)?.content);

/** Results with the rows that the four documented scenarios need. */
const documented = resultsOf([
  scenarioOf('cache-hit', [rowOf('executed', 0.2), rowOf('hit', 0.004, { limit: '1.90 µs, the digest' })]),
  scenarioOf('sequential', [rowOf('bare', 101), rowOf('standard', 102), rowOf('optimized', 103), rowOf('cached', 0.3)]),
  scenarioOf('parallel', [
    rowOf('waits-standard', 400),
    rowOf('waits-parallel', 100, { limit: '100 ms' }),
    rowOf('burns-standard', 400),
    rowOf('burns-parallel', 210),
  ]),
  scenarioOf('memory', [
    rowOf('standard-allocated', 250_000, { unit: 'B' }),
    rowOf('optimized-allocated', 80_000, { unit: 'B' }),
  ]),
]);

describe('a report', () => {
  const files = renderReport(fixture());

  it('is one page with a chart for each title that rows name', () => {
    expect(files.map((file) => file.path)).toEqual(['benchmarks/one.svg', 'benchmarks.md']);
  });

  it('shows figures with command, time taken, documented value, limit, ratio, count, and what is absent', () => {
    for (const text of [
      'pnpm bench one   # 13 s',
      '| ours <fast> | orc | **1.00 ms** |',
      '2 ms',
      '100 ms',
      '| ours against theirs | 0.0025 × (0.002 … 0.003) |',
      '| model calls | 1,087 |',
      'absent-peer: not installed',
      'A note.',
      'commit abcdef0123',
      'load 0.1',
      'peer 1.0.0',
    ])
      expect(pageOf(fixture())).toContain(text);
  });

  it('shows where a peer is ahead, first and in its row', () => {
    expect(whereAhead(fixture())).toEqual(['- A | chart & more: **fast** 500 µs, ours 1.00 ms']);
    const page = pageOf(fixture());
    expect(page.indexOf('## Where a peer is ahead')).toBeLessThan(page.indexOf('## One | scenario'));
    expect(page).toContain('| **0.5 ×, ahead of us** |');
    expect(page).toContain('| 400 × |');
  });

  it('calls a peer within the spread, or within 2 %, no difference', () => {
    const beside = (centre: number): string =>
      pageOf(resultsOf([scenarioOf('x', [rowOf('a', 1), rowOf('b', centre, { subject: 'p', beside: 'a' })])]));
    expect(beside(0.97)).toContain('| 0.97 ×, no difference |');
    expect(beside(0.9)).toContain('ahead of us');
    expect(beside(0.97)).toContain('Nowhere by more than the spread.');
  });

  it('begins with the four documented scenarios, and leads to every section', () => {
    const page = pageOf(documented);
    expect(page).toContain('## The four documented scenarios');
    for (const anchor of ['scenario-cache-hit', 'scenario-memory', 'how-it-is-measured'])
      expect(page).toContain(`(#${anchor})`);
  });

  it('says when it is not to be quoted', () => {
    const page = pageOf(resultsOf(fixture().scenarios, 'short'));
    expect(page).toContain('Measured with `--short`');
    const busy = { ...fixture(), environment: { ...fixture().environment, load: 3.5 } };
    expect(pageOf(busy)).toContain('The machine was not quiet: a load of 3.5 on 2 cores');
    expect(pageOf(fixture())).not.toContain('Not to be quoted');
  });

  it('parts no figure from its unit', () => {
    const content = renderReport(fixture()).at(-1)?.content ?? '';
    expect(content).toContain('**1.00\u00a0ms**');
    expect(content.split('\n').filter((line) => line.startsWith('|') && /\d (?:ms|µs|×)/.test(line))).toEqual([]);
  });

  it('keeps its tables whole: a row has as many cells as its head', () => {
    const lines = pageOf(fixture()).split('\n');
    let cells = 0;
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith('|')) continue;
      const count = line.replaceAll('\\|', '').split('|').length;
      if (!(lines[index - 1] ?? '').startsWith('|')) cells = count;
      expect(count).toBe(cells);
    }
    expect(cells).toBeGreaterThan(0);
  });

  it('reads in a terminal too', () => {
    const text = renderTerminal(fixture());
    for (const part of ['ours <fast>', '0.5 ×, ahead of us beside ours', '# model calls: 1,087', 'absent-peer'])
      expect(text).toContain(part);
    expect(text).not.toContain('**');
  });
});

describe('the summary of the four documented scenarios', () => {
  it('has standard, optimized, what is saved, what is documented and the limit', () => {
    const table = read(renderSummary(documented));
    expect(table.split('\n')).toHaveLength(8);
    expect(table).toContain('| 98.0 % | 192 → 5 µs, −97 % | yes | 1.90 µs, the digest |');
    expect(table).toContain('| 1 % more | 100 → 98 ms | can’t be: ten timers take longer | 101 ms, the bare timers |');
    expect(table).toContain('| 68 % | −60 % | yes |');
  });

  it('says where a documented figure is not reached', () => {
    const slower = resultsOf(
      documented.scenarios.map((scenario) =>
        scenario.id === 'cache-hit' ? scenarioOf('cache-hit', [rowOf('executed', 0.2), rowOf('hit', 0.007)]) : scenario,
      ),
    );
    expect(read(renderSummary(slower))).toContain('| 96.5 % | 192 → 5 µs, −97 % | **no** |');
  });

  it('replaces what is between its marks in the README, and nothing else', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const renewed = replaceSummary(readme, documented) ?? '';
    expect(renewed).toContain(renderSummary(documented));
    const outside = (text: string): string => text.replace(/<!-- benchmarks[^]*<!-- \/benchmarks -->/, '');
    expect(outside(renewed)).toBe(outside(readme));
    expect(replaceSummary(renewed, documented)).toBe(renewed);
  });

  it('is left alone by a run that is not to be quoted, that lacks a scenario, or without marks', () => {
    const marked = '<!-- benchmarks: this table is written by `pnpm bench report` -->\nold\n<!-- /benchmarks -->';
    expect(replaceSummary(marked, documented)).not.toContain('old');
    expect(replaceSummary(marked, { ...documented, profile: 'short' })).toBeUndefined();
    expect(replaceSummary(marked, resultsOf(documented.scenarios.slice(1)))).toBeUndefined();
    expect(replaceSummary('no marks', documented)).toBeUndefined();
  });
});
