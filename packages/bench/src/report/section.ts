import { formatFigure, formatJudged, unbroken } from '../format.ts';
import type { Row, ScenarioResult } from '../results.ts';
import { besideCell } from './beside.ts';
import { barChart } from './chart.ts';

/** A file of the report, with a path relative to the folder that the report is written to. */
export interface ReportFile {
  readonly path: string;
  readonly content: string;
}

/** A chart with the words that stand for it where it can't be seen. */
export interface Chart extends ReportFile {
  readonly title: string;
}

const cell = (text: string): string => unbroken(text.replaceAll('|', '\\|'));

/** Bars of the same work by ours and by peers stand in order of their length; all others as the scenario has them. */
function inOrder(rows: readonly Row[]): readonly Row[] {
  const besides = rows.map((row) => row.beside).filter((beside) => beside !== undefined);
  const several = new Set(besides).size < besides.length;
  return several ? rows.toSorted((a, b) => a.summary.median - b.summary.median) : rows;
}

/** The charts of a scenario: one for each title that its rows name. */
export function chartsOf(scenario: ScenarioResult): Chart[] {
  const groups = new Map<string, Row[]>();
  for (const row of scenario.rows) {
    if (row.chart === undefined) continue;
    groups.set(row.chart, [...(groups.get(row.chart) ?? []), row]);
  }
  return [...groups]
    .filter(([, rows]) => rows.length > 1)
    .map(([title, rows], index) => ({
      title,
      path: `benchmarks/${scenario.id}${index === 0 ? '' : `-${index + 1}`}.svg`,
      content: barChart(title, inOrder(rows)),
    }));
}

function table({ rows }: ScenarioResult): string[] {
  const optional = [
    ['beside ours', (row: Row) => besideCell(row, rows)],
    ['documented', (row: Row) => row.documented ?? ''],
    ['limit', (row: Row) => row.limit ?? ''],
  ] as const;
  const shown = optional.filter(([, read]) => rows.some((row) => read(row) !== ''));
  const head = ['what', 'who', 'median', 'min', 'p90', 'max', 'n', ...shown.map(([name]) => name)];
  const lines = [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`];
  for (const row of rows) {
    const figure = (value: number): string => formatFigure(value, row.unit);
    const { median, min, p90, max, n } = row.summary;
    const cells = [row.label, row.subject, `**${figure(median)}**`, figure(min), figure(p90), figure(max), n];
    lines.push(`| ${[...cells.map(String), ...shown.map(([, read]) => read(row))].map(cell).join(' | ')} |`);
  }
  return lines;
}

/** A scenario as a section of the page. */
export function scenarioSection(scenario: ScenarioResult, charts: readonly Chart[]): string {
  const { title, question, command, seconds, ratios, counts = [], absent, notes, rows } = scenario;
  const took = seconds === undefined ? '' : `   # ${Math.ceil(seconds)} s`;
  const lines = [`## ${title}`, '', question, '', '```', `${command}${took}`, '```', ''];
  for (const chart of charts) lines.push(`![${chart.title}](${chart.path})`, '');
  if (rows.length > 0) lines.push(...table(scenario), '');
  if (ratios.length > 0) {
    lines.push('| ratio | value (95 % interval) |', '|---|---|');
    for (const item of ratios) lines.push(`| ${cell(item.label)} | ${cell(formatJudged(item.ratio))} |`);
    lines.push('');
  }
  if (counts.length > 0) {
    lines.push('| count | |', '|---|---|');
    for (const item of counts) lines.push(`| ${cell(item.label)} | ${item.value.toLocaleString('en-US')} |`);
    lines.push('');
  }
  for (const item of absent) lines.push(`- ${item.subject}: ${item.reason}`);
  for (const note of notes) lines.push(`- ${note}`);
  return `${lines.join('\n')}\n`;
}
