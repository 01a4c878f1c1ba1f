import { formatFigure, formatRatio } from './format.ts';
import type { Results, Row, Unit } from './results.ts';
import type { Ratio, Verdict } from './statistics.ts';
import { judge } from './verdict.ts';

/** How one figure moved between two results files. */
export interface Comparison {
  readonly scenario: string;
  readonly row: Row;
  readonly before: Row;
  /** The later median over the earlier one, with the interval that both leave it. */
  readonly ratio: Ratio;
  readonly verdict: Verdict;
}

const keyed = (results: Results): Map<string, { readonly scenario: string; readonly row: Row }> =>
  new Map(
    results.scenarios.flatMap(({ id, rows }) =>
      // By what was measured as well: other work under the same id is another figure. Without the subject, where a peer's release stands.
      rows.map((row) => [[id, row.id, row.label, row.chart, row.unit].join('/'), { scenario: id, row }] as const),
    ),
  );

/** Joins two results files by scenario, figure and what it measures. */
export function compareResults(before: Results, after: Results): Comparison[] {
  const known = keyed(before);
  return [...keyed(after)].flatMap(([key, { scenario, row }]) => {
    const old = known.get(key)?.row;
    if (old === undefined) return [];
    return [{ scenario, row, before: old, ...judge(old, row) }];
  });
}

const words: Readonly<Record<'time' | 'bytes' | 'count', Readonly<Record<'less' | 'more', string>>>> = {
  time: { less: 'faster', more: 'slower' },
  bytes: { less: 'smaller', more: 'larger' },
  count: { less: 'fewer', more: 'more' },
};
const dimension = (unit: Unit): keyof typeof words =>
  unit === 'count' ? 'count' : unit === 'B' || unit === 'MB' ? 'bytes' : 'time';

/** The verdict in words: `faster, 0.81 × (0.78 … 0.84)`. */
function formatVerdict({ verdict, ratio, row }: Comparison): string {
  if (verdict === 'no difference') return `no difference, ${formatRatio(ratio)}`;
  return `${words[dimension(row.unit)][verdict]}, ${formatRatio(ratio)}`;
}

function figure(row: Row): string {
  const { median, low, high } = row.summary;
  const text = (value: number): string => formatFigure(value, row.unit);
  return low === high ? text(median) : `${text(median)} [${text(low)} … ${text(high)}]`;
}

function describe(name: string, { environment, profile }: Results): string {
  const { date, commit, cpu, cores, node } = environment;
  return `${name}  ${date.slice(0, 16).replace('T', ' ')}  ${commit}${environment.dirty ? ' (dirty)' : ''}  ${cpu}, ${cores} cores, Node ${node}, ${profile}`;
}

function warnings(before: Results, after: Results): string[] {
  const [a, b] = [before.environment, after.environment];
  const lines: string[] = [];
  if (a.cpu !== b.cpu || a.cores !== b.cores || a.node !== b.node)
    lines.push('The two files come from different machines or Node versions: compare their ratios, not their times.');
  if (before.profile !== after.profile)
    lines.push(`One file is of a ${before.profile} run, the other of a ${after.profile} one: their rounds differ.`);
  if ([before, after].some(({ profile }) => profile === 'smoke'))
    lines.push('A smoke run’s figures mean nothing; they are compared because you asked.');
  return lines;
}

/** What was counted otherwise in the two files: work that was added or left out. */
function countsThatDiffer(before: Results, after: Results): string[] {
  const all = (results: Results): Map<string, { readonly label: string; readonly value: number }> =>
    new Map(
      results.scenarios.flatMap(({ id, counts = [] }) => counts.map((count) => [`${id}/${count.id}`, count] as const)),
    );
  const old = all(before);
  return [...all(after)].flatMap(([key, { label, value }]) => {
    const was = old.get(key)?.value;
    if (was === undefined || was === value) return [];
    return [`  ${key.split('/')[0]} · ${label}: ${was.toLocaleString('en-US')} → ${value.toLocaleString('en-US')}`];
  });
}

/** The comparison as lines for a terminal: every figure that both files have, and what only one of them has. */
export function formatComparison(before: Results, after: Results): string {
  const lines = [describe('A', before), describe('B', after), ''];
  const warned = warnings(before, after);
  if (warned.length > 0) lines.push(...warned, '');
  const comparisons = compareResults(before, after);
  let scenario = '';
  for (const item of comparisons) {
    if (item.scenario !== scenario) lines.push(...(scenario === '' ? [] : ['']), item.scenario);
    ({ scenario } = item);
    lines.push(`  ${item.row.label} · ${item.row.subject}`);
    lines.push(`    ${figure(item.before)} → ${figure(item.row)}   ${formatVerdict(item)}`);
  }
  const counted = countsThatDiffer(before, after);
  if (counted.length > 0) lines.push('', 'Counted otherwise', ...counted);
  if (comparisons.length === 0) return [...lines, 'The two files have no figure in common.'].join('\n');
  const count = (verdict: Verdict): number => comparisons.filter((item) => item.verdict === verdict).length;
  lines.push(
    '',
    `${comparisons.length} figures in both: ${count('less')} less, ${count('more')} more, ${count('no difference')} no difference. In brackets the 95 % interval of the median; a difference counts where the two do not overlap and it is more than 2 %.`,
  );
  const [old, fresh] = [keyed(before), keyed(after)];
  const onlyIn = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): number =>
    [...one.keys()].filter((key) => !other.has(key)).length;
  const [a, b] = [onlyIn(old, fresh), onlyIn(fresh, old)];
  if (a + b > 0) lines.push(`Not compared: ${a} only in A, ${b} only in B.`);
  return lines.join('\n');
}
