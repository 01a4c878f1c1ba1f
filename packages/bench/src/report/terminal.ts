import { formatJudged, formatSummary } from '../format.ts';
import type { Results, Row, ScenarioResult } from '../results.ts';
import { besideCell } from './beside.ts';
import { caveats } from './page.ts';

const plain = (text: string): string => text.replaceAll('**', '').replaceAll('`', '');

function rowLine(row: Row, rows: readonly Row[], label: number, subject: number): string {
  const beside = plain(besideCell(row, rows));
  const extras = [
    ...(beside === '' ? [] : [`${beside} beside ours`]),
    ...(row.documented === undefined ? [] : [`documented ${row.documented}`]),
    ...(row.limit === undefined ? [] : [`limit ${row.limit}`]),
  ];
  const figure = formatSummary(row.summary, row.unit);
  return `  ${row.label.padEnd(label)}  ${row.subject.padEnd(subject)}  ${figure}${extras.map((text) => `   ${text}`).join('')}`;
}

function section(scenario: ScenarioResult): string[] {
  const { title, question, rows, ratios, counts = [], absent, notes } = scenario;
  const widest = (read: (row: Row) => string): number => Math.max(4, ...rows.map((row) => read(row).length));
  const [label, subject] = [widest((row) => row.label), widest((row) => row.subject)];
  return [
    '',
    title,
    '─'.repeat(title.length),
    question,
    '',
    ...rows.map((row) => rowLine(row, rows, label, subject)),
    ...ratios.map((item) => `  → ${item.label}: ${formatJudged(item.ratio)}`),
    ...counts.map((item) => `  # ${item.label}: ${item.value.toLocaleString('en-US')}`),
    ...absent.map((item) => `  · ${item.subject}: ${plain(item.reason)}`),
    ...notes.map((note) => `  · ${plain(note)}`),
  ];
}

/** The tables of a results file as plain text, for a terminal: medians with the smallest sample and p90. */
export function renderTerminal(results: Results): string {
  return [...results.scenarios.flatMap(section), ...caveats(results).flatMap((text) => ['', plain(text)])].join('\n');
}
