import { formatRatio, formatSummary } from './format.ts';
import type { Results, Row } from './results.ts';
import { compareSummaries, ratioOf, type Verdict } from './statistics.ts';

/** How one figure moved between two results files. */
export interface Comparison {
  readonly scenario: string;
  readonly row: Row;
  readonly before: Row;
  readonly verdict: Verdict;
}

/** Joins two results files by scenario, figure and subject. Figures that only one of them has are left out. */
export function compareResults(before: Results, after: Results): Comparison[] {
  const known = new Map<string, Row>();
  for (const scenario of before.scenarios)
    for (const row of scenario.rows) known.set(`${scenario.id}/${row.id}/${row.subject}`, row);
  return after.scenarios.flatMap((scenario) =>
    scenario.rows.flatMap((row) => {
      const old = known.get(`${scenario.id}/${row.id}/${row.subject}`);
      if (old === undefined || old.unit !== row.unit) return [];
      return [{ scenario: scenario.id, row, before: old, verdict: compareSummaries(old.summary, row.summary) }];
    }),
  );
}

/** The comparison as lines for a terminal. */
export function formatComparison(before: Results, after: Results): string {
  const lines = [
    `A  ${before.environment.date}  ${before.environment.commit}  ${before.environment.cpu}, ${before.environment.cores} cores, Node ${before.environment.node}`,
    `B  ${after.environment.date}  ${after.environment.commit}  ${after.environment.cpu}, ${after.environment.cores} cores, Node ${after.environment.node}`,
    '',
  ];
  const other = before.environment;
  const machine = after.environment;
  if (other.cpu !== machine.cpu || other.cores !== machine.cores || other.node !== machine.node) {
    lines.push(
      'The two files come from different machines or Node versions: compare their ratios, not their times.',
      '',
    );
  }
  const comparisons = compareResults(before, after);
  for (const item of comparisons) {
    const ratio = ratioOf(item.row.summary, item.before.summary);
    lines.push(
      `${item.scenario} · ${item.row.label} · ${item.row.subject}`,
      `    ${formatSummary(item.before.summary, item.row.unit)} → ${formatSummary(item.row.summary, item.row.unit)}   ${
        item.verdict === 'no difference' ? 'no difference' : `${item.verdict}, ${formatRatio(ratio)}`
      }`,
    );
  }
  if (comparisons.length === 0) lines.push('The two files have no figure in common.');
  return lines.join('\n');
}
