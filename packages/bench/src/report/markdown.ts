import { formatFigure, formatRatio, formatSummary } from '../format.ts';
import type { Results, ScenarioResult } from '../results.ts';
import { barChart } from './chart.ts';

/** A file of the report, with a path relative to the folder that the report is written to. */
export interface ReportFile {
  readonly path: string;
  readonly content: string;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function scenarioSection(scenario: ScenarioResult, charts: readonly ReportFile[]): string {
  const lines = [`## ${scenario.title}`, '', scenario.question, '', '```', scenario.command, '```', ''];
  for (const chart of charts) lines.push(`![${scenario.title}](${chart.path})`, '');
  const documented = scenario.rows.some((row) => row.documented !== undefined);
  const limited = scenario.rows.some((row) => row.limit !== undefined);
  const head = [
    'what',
    'who',
    'median',
    'min',
    'p90',
    'max',
    'n',
    ...(documented ? ['documented'] : []),
    ...(limited ? ['limit'] : []),
  ];
  lines.push(`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`);
  for (const row of scenario.rows) {
    const figure = (value: number): string => formatFigure(value, row.unit);
    const cells = [
      row.label,
      row.subject,
      `**${figure(row.summary.median)}**`,
      figure(row.summary.min),
      figure(row.summary.p90),
      figure(row.summary.max),
      String(row.summary.n),
    ];
    if (documented) cells.push(row.documented ?? '');
    if (limited) cells.push(row.limit ?? '');
    lines.push(`| ${cells.map(cell).join(' | ')} |`);
  }
  lines.push('');
  if (scenario.ratios.length > 0) {
    lines.push('| ratio | value (95 % interval) |', '|---|---|');
    for (const item of scenario.ratios) lines.push(`| ${cell(item.label)} | ${formatRatio(item.ratio)} |`);
    lines.push('');
  }
  for (const item of scenario.absent) lines.push(`- ${item.subject}: ${item.reason}`);
  for (const note of scenario.notes) lines.push(`- ${note}`);
  lines.push('');
  return lines.join('\n');
}

function chartsOf(scenario: ScenarioResult): ReportFile[] {
  const groups = new Map<string, ScenarioResult['rows'][number][]>();
  for (const row of scenario.rows) {
    if (row.chart === undefined) continue;
    const group = groups.get(row.chart);
    if (group === undefined) groups.set(row.chart, [row]);
    else group.push(row);
  }
  return [...groups].map(([title, rows], index) => ({
    path: `benchmarks/${scenario.id}${index === 0 ? '' : `-${index + 1}`}.svg`,
    content: barChart(title, rows),
  }));
}

/** The report of a results file and of nothing else: `benchmarks.md` and its charts. */
export function renderReport(results: Results): ReportFile[] {
  const { environment } = results;
  const files: ReportFile[] = [];
  const sections: string[] = [];
  for (const scenario of results.scenarios) {
    const charts = chartsOf(scenario);
    files.push(...charts);
    sections.push(scenarioSection(scenario, charts));
  }
  const versions = Object.entries(environment.versions).map(([name, version]) => `${name} ${version}`);
  const text = `# Benchmarks

This page and its charts are written by \`orc-bench report\` from one results file and from nothing else. Medians, with their spread, of interleaved rounds;
a difference below the spread is no difference. Where a peer is ahead, the table shows it.

- ${environment.cpu}, ${environment.cores} cores, ${environment.memoryGb} GB of memory, ${environment.platform}
- Node ${environment.node} (V8 ${environment.v8}), ${environment.date.slice(0, 10)}, commit ${environment.commit}${environment.dirty ? ' with uncommitted changes' : ''}
- ${versions.join(' · ')}

To run all of it: \`pnpm bench\`. One scenario: \`pnpm bench cache-hit\`. One package alone: \`pnpm --filter @orc/cache bench\`.

${sections.join('\n')}`;
  files.push({ path: 'benchmarks.md', content: text });
  return files;
}

/** The tables of a results file as plain text, for a terminal. */
export function renderTerminal(results: Results): string {
  const lines: string[] = [];
  for (const scenario of results.scenarios) {
    lines.push('', scenario.title, '─'.repeat(scenario.title.length), scenario.question, '');
    const widthOfLabel = Math.max(...scenario.rows.map((row) => row.label.length), 4);
    const widthOfSubject = Math.max(...scenario.rows.map((row) => row.subject.length), 4);
    for (const row of scenario.rows) {
      const documented = row.documented === undefined ? '' : `   documented ${row.documented}`;
      const limit = row.limit === undefined ? '' : `   limit ${row.limit}`;
      lines.push(
        `  ${row.label.padEnd(widthOfLabel)}  ${row.subject.padEnd(widthOfSubject)}  ${formatSummary(row.summary, row.unit)}${documented}${limit}`,
      );
    }
    for (const item of scenario.ratios) lines.push(`  → ${item.label}: ${formatRatio(item.ratio)}`);
    for (const item of scenario.absent) lines.push(`  · ${item.subject}: ${item.reason}`);
    for (const note of scenario.notes) lines.push(`  · ${note}`);
  }
  return lines.join('\n');
}
