import type { FanOut } from '../../pipeline/phase.ts';
import type { Duplicates } from './duplicates-task.ts';
import type { History } from './history.ts';
import type { ImportGraph } from './imports-task.ts';
import type { Manifest } from './manifests.ts';
import { codeSpan, plainText, tableCell, writtenText } from './markdown.ts';
import type { SecretFinding } from './secrets-task.ts';
import type { Scan } from './scan.ts';
import type { Selection } from './select-task.ts';

/** What the report is put together from: facts that were measured, and texts that a model wrote from them. */
export interface ReportParts {
  readonly title: string;
  readonly focus: string | undefined;
  readonly scan: Scan;
  readonly selection: Selection;
  readonly imports: ImportGraph;
  readonly duplicates: Duplicates;
  readonly secrets: readonly SecretFinding[];
  readonly manifests: readonly Manifest[];
  readonly history: History;
  readonly overview: string;
  readonly modules: FanOut<string>;
  readonly risks: FanOut<string>;
  readonly tests: string;
  readonly synthesis: string;
  readonly model: string;
  /** The files that were no longer what the scan had read. */
  readonly changed: readonly string[];
}

const number = (value: number): string => value.toLocaleString('en-US');
const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${Math.round((part / whole) * 100)} %`;

const reasons: Readonly<Record<keyof Scan['passed'], string>> = {
  ignored: 'ignored',
  links: 'links',
  large: 'larger than 1 MB',
  binary: 'binary',
  other: 'of other kinds',
  unreadable: 'unreadable',
};

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = (row: readonly (string | number)[]): string =>
    `| ${row.map((cell) => tableCell(typeof cell === 'number' ? number(cell) : cell)).join(' | ')} |`;
  return [cells(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(cells)].join('\n');
}

/** Writes `report.md`. */
export function writeReport(parts: ReportParts): string {
  const { selection } = parts;
  const sections = [
    `# ${plainText(parts.title)}`,
    ...(parts.focus === undefined ? [] : [`Focus: ${plainText(parts.focus)}`]),
    ...changedNote(parts.changed),
    writtenText(parts.synthesis),
    '## In figures',
    figures(parts),
    '## Overview',
    writtenText(parts.overview),
    '## Modules',
    ...parts.modules.map((entry, index) => {
      const facts = selection.modules[index];
      if (facts === undefined) return writtenText(entry.value);
      const line = `${number(facts.files)} files, ${number(facts.code)} lines of code, ${number(facts.decisions)} decision points${facts.imports.length > 0 ? `; imports ${facts.imports.map(codeSpan).join(', ')}` : ''}.`;
      return `### ${codeSpan(facts.name)}\n\n${line}\n\n${writtenText(entry.value)}`;
    }),
    '## Hotspots',
    'Where complexity, change and dependence come together; the score is relative to the worst file of this codebase.',
    table(
      ['file', 'score', 'code', 'decisions', 'depth', 'commits', 'imported by'],
      selection.hotspots.map((spot) => [
        codeSpan(spot.path),
        spot.score.toFixed(2),
        spot.code,
        spot.decisions,
        spot.depth,
        spot.commits,
        spot.importedBy,
      ]),
    ),
    ...parts.risks.map(
      (entry, index) => `### ${codeSpan(selection.hotspots[index]?.path ?? entry.key)}\n\n${writtenText(entry.value)}`,
    ),
    '## Imports',
    importsSection(parts.imports),
    '## Duplicates',
    duplicatesSection(parts.duplicates),
    '## Secrets',
    secretsSection(parts.secrets),
    '## Tests',
    writtenText(parts.tests),
    '## How this was made',
    `Figures, graph, duplicates and secrets were measured; the texts were written from them by ${codeSpan(parts.model)}.${parts.model === 'offline/scribe' ? ' That is the built-in offline model, which only restates facts: choose a real one with `--model`.' : ''} The findings stand in \`findings.json\` (SARIF 2.1.0), the module graph in \`graph.mmd\` (Mermaid).`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function changedNote(changed: readonly string[]): string[] {
  if (changed.length === 0) return [];
  const shown = changed.slice(0, 10).map(codeSpan).join(', ');
  const more = changed.length > 10 ? ` and ${number(changed.length - 10)} more` : '';
  return [
    `Changed while they were analyzed, and left out where they were no longer what had been scanned: ${shown}${more}. Run the analysis again for the whole picture.`,
  ];
}

function figures(parts: ReportParts): string {
  const { totals, languages } = parts.selection;
  const { passed } = parts.scan;
  const skipped = Object.entries(passed)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${number(count)} ${reasons[reason as keyof Scan['passed']]}`);
  const rows: (readonly [string, string])[] = [
    ['files read', number(parts.scan.files.length)],
    ['passed over', skipped.length === 0 ? 'none' : skipped.join(', ')],
    ['lines of code', number(totals.code)],
    ['comment lines', `${number(totals.comments)} (${percent(totals.comments, totals.code + totals.comments)})`],
    ['decision points', number(totals.decisions)],
    ['test files', `${number(totals.tests)} of ${number(totals.files)}`],
    [
      'languages',
      languages
        .filter((language) => language.code > 0)
        .slice(0, 6)
        .map(
          (language) =>
            `${language.name} ${percent(
              language.code,
              languages.reduce((sum, entry) => sum + entry.code, 0),
            )}`,
        )
        .join(', '),
    ],
    [
      'manifests',
      parts.manifests.length === 0
        ? 'none'
        : parts.manifests
            .slice(0, 6)
            .map((manifest) => codeSpan(manifest.path))
            .join(', '),
    ],
    [
      'history',
      parts.history.commits === 0
        ? 'no git history'
        : `${number(parts.history.commits)} commits by ${number(parts.history.authors)} people`,
    ],
  ];
  return table(['what', 'how much'], rows);
}

function importsSection(graph: ImportGraph): string {
  const cycles =
    graph.cycles.length === 0
      ? 'No import cycles.'
      : `${number(graph.cycles.length)} import ${graph.cycles.length === 1 ? 'cycle' : 'cycles; the largest'}:\n\n${graph.cycles
          .slice(0, 5)
          .map(
            (cycle) =>
              `- ${cycle
                .slice(0, 6)
                .map(codeSpan)
                .join(' → ')}${cycle.length > 6 ? ` → … (${cycle.length} files)` : ''}`,
          )
          .join('\n')}`;
  const most = graph.mostImported.slice(0, 8);
  return [
    cycles,
    ...(most.length === 0
      ? []
      : [
          table(
            ['most imported', 'by files'],
            most.map((entry) => [codeSpan(entry.path), entry.by]),
          ),
        ]),
    ...(graph.packages.length === 0
      ? []
      : [
          `From outside: ${graph.packages
            .slice(0, 15)
            .map((entry) => `${codeSpan(entry.name)} (${entry.files})`)
            .join(', ')}.`,
        ]),
  ].join('\n\n');
}

function duplicatesSection(duplicates: Duplicates): string {
  if (duplicates.pairs.length === 0) return 'No duplicates of six and more lines.';
  const rows = duplicates.pairs
    .slice(0, 10)
    .map((pair) => [
      codeSpan(`${pair.a.path}:${pair.a.from}-${pair.a.to}`),
      codeSpan(`${pair.b.path}:${pair.b.from}-${pair.b.to}`),
      pair.lines,
    ]);
  return `${number(duplicates.duplicatedLines)} lines stand in a duplicate.\n\n${table(['here', 'and here', 'lines'], rows)}`;
}

function secretsSection(secrets: readonly SecretFinding[]): string {
  if (secrets.length === 0) return 'None found.';
  const rows = secrets
    .slice(0, 20)
    .map((secret) => [codeSpan(`${secret.path}:${secret.line}`), secret.what, secret.inTest ? 'yes' : 'no']);
  return `${number(secrets.length)} found. None of them was shown to a model, and none stands in any file of this report.\n\n${table(['where', 'looks like', 'in a test'], rows)}`;
}
