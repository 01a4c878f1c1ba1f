import { formatFigure } from '../format.ts';
import type { Results, Row, ScenarioResult } from '../results.ts';
import type { Ratio, Verdict } from '../statistics.ts';
import { judge } from '../verdict.ts';

/** How a peer stands beside us. */
export interface Beside {
  readonly ours: Row;
  readonly theirs: Row;
  /** Their median over ours. */
  readonly ratio: Ratio;
  /** `less`: the peer is ahead. */
  readonly verdict: Verdict;
}

/** How a row stands beside ours; `undefined` where it stands beside none. */
function besideOurs(row: Row, rows: readonly Row[]): Beside | undefined {
  const ours = rows.find((other) => other.id === row.beside);
  if (ours === undefined || ours.unit !== row.unit || ours.summary.median === 0) return undefined;
  return { ours, theirs: row, ...judge(ours, row) };
}

/** The cell of a table: `0.58 × ahead`, `1.02 × no difference`, `12.4 ×`. */
export function besideCell(row: Row, rows: readonly Row[]): string {
  const found = besideOurs(row, rows);
  if (found === undefined) return '';
  const { value } = found.ratio;
  const text = `${value >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3))} ×`;
  if (found.verdict === 'no difference') return `${text}, no difference`;
  return found.verdict === 'less' ? `**${text}, ahead of us**` : text;
}

function aheadIn(scenario: ScenarioResult): string[] {
  return scenario.rows.flatMap((row) => {
    const found = besideOurs(row, scenario.rows);
    if (found?.verdict !== 'less') return [];
    const { ours, theirs } = found;
    const figure = (one: Row): string => formatFigure(one.summary.median, one.unit);
    return [
      `- ${theirs.chart ?? theirs.label}: **${theirs.bar ?? theirs.subject}** ${figure(theirs)}, ours ${figure(ours)}`,
    ];
  });
}

/** Every figure in which a peer is ahead of us by more than the spread. */
export function whereAhead(results: Results): string[] {
  return results.scenarios.flatMap(aheadIn);
}
