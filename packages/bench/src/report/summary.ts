import { formatFigure, formatSummary } from '../format.ts';
import type { Results, Row } from '../results.ts';

const begin = '<!-- benchmarks: this table is written by `pnpm bench report` -->';
const end = '<!-- /benchmarks -->';

function find(results: Results, scenario: string, row: string): Row | undefined {
  return results.scenarios.find((one) => one.id === scenario)?.rows.find((one) => one.id === row);
}

const figure = (row: Row): string => formatSummary(row.summary, row.unit);

/** The four documented scenarios as a table; `undefined` where one of them was not run. */
export function renderSummary(results: Results): string | undefined {
  const row = (scenario: string, id: string): Row | undefined => find(results, scenario, id);
  const lines: string[] = [
    '| scenario | standard | optimized | less | documented | limit |',
    '|---|---|---|---|---|---|',
  ];
  const add = (
    what: string,
    standard: Row | undefined,
    optimized: Row | undefined,
    documented: string,
    limit: string | undefined,
  ): void => {
    if (standard === undefined || optimized === undefined) return;
    const less = (1 - optimized.summary.median / standard.summary.median) * 100;
    const said = less >= 0 ? `${less.toFixed(less >= 95 ? 1 : 0)} %` : `${Math.abs(less).toFixed(0)} % more`;
    lines.push(`| ${what} | ${figure(standard)} | ${figure(optimized)} | ${said} | ${documented} | ${limit ?? ''} |`);
  };
  const cores = results.environment.cores;
  const bare = row('sequential', 'bare');
  const timers = bare === undefined ? undefined : `${formatFigure(bare.summary.median, bare.unit)} for the bare timers`;
  const chain = row('sequential', 'standard');
  const hit = row('cache-hit', 'hit');
  const waits = row('parallel', 'waits-parallel');
  const burns = row('parallel', 'burns-parallel');
  const allocated = row('memory', 'optimized-allocated');
  add('cache hit: a phase that writes 300 words', row('cache-hit', 'executed'), hit, '192 → 5 µs, −97 %', hit?.limit);
  add('ten dependent phases of 10 ms', chain, row('sequential', 'optimized'), '100 → 98 ms', timers);
  add('the same request again', chain, row('sequential', 'cached'), '', '');
  add('four waits of 100 ms', row('parallel', 'waits-standard'), waits, '400 → 120 ms', waits?.limit);
  add(
    `four units of CPU work on ${cores} core${cores === 1 ? '' : 's'}`,
    row('parallel', 'burns-standard'),
    burns,
    '400 → 120 ms on 4 cores',
    burns?.limit,
  );
  add(
    'allocated per request, 10,000 requests',
    row('memory', 'standard-allocated'),
    allocated,
    '−60 %',
    allocated?.limit,
  );
  return lines.length === 8 ? lines.join('\n') : undefined;
}

/** A text with the table between its marks renewed; `undefined` where there are no marks, or the results are not to be quoted. */
export function replaceSummary(text: string, results: Results): string | undefined {
  const table = results.profile === 'full' ? renderSummary(results) : undefined;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (table === undefined || from < 0 || to < from) return undefined;
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
