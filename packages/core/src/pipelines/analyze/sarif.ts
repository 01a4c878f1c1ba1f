import type { JsonObject } from '@orc/cache';

import type { Duplicates } from './duplicates-task.ts';
import type { ImportGraph } from './imports-task.ts';
import type { FileMetrics } from './metrics-task.ts';
import type { SecretFinding } from './secrets-task.ts';

/** What findings are made from. */
export interface FindingSources {
  readonly metrics: readonly FileMetrics[];
  readonly imports: ImportGraph;
  readonly duplicates: Duplicates;
  readonly secrets: readonly SecretFinding[];
  readonly tool: { readonly name: string; readonly version: string };
}

const rules = [
  { id: 'secret', name: 'Secret', level: 'error', text: 'A secret stands in a source file.' },
  { id: 'import-cycle', name: 'ImportCycle', level: 'warning', text: 'Files import each other in a circle.' },
  { id: 'duplicate-code', name: 'DuplicateCode', level: 'note', text: 'The same code stands in two places.' },
  { id: 'complex-file', name: 'ComplexFile', level: 'warning', text: 'A file has more than 100 decision points.' },
  { id: 'unfinished', name: 'Unfinished', level: 'note', text: 'A comment marks unfinished work.' },
] as const;

type RuleId = (typeof rules)[number]['id'];
const complex = 100;

/** All findings as SARIF 2.1.0, worst first; a path is relative to the folder that was analyzed. */
export function toSarif(sources: FindingSources): JsonObject {
  const results = [
    ...sources.secrets.map((secret) => ({
      ...result('secret', `Looks like ${secret.what}${secret.inTest ? ' (in a test)' : ''}.`, [
        place(secret.path, secret.line),
      ]),
      partialFingerprints: { 'orc/secret/v2': secret.fingerprint },
    })),
    ...sources.imports.cycles.map((cycle) =>
      result(
        'import-cycle',
        `${cycle.length} files import each other: ${cycle.slice(0, 8).join(', ')}${cycle.length > 8 ? ', …' : ''}.`,
        cycle.slice(0, 20).map((path) => place(path)),
      ),
    ),
    ...sources.metrics
      .filter((file) => file.decisions > complex)
      .toSorted((a, b) => b.decisions - a.decisions || (a.path < b.path ? -1 : 1))
      .map((file) =>
        result('complex-file', `${file.decisions} decision points in ${file.code} lines of code.`, [place(file.path)]),
      ),
    ...sources.duplicates.pairs.map((pair) => ({
      ...result('duplicate-code', `${pair.lines} lines stand again in ${pair.b.path}:${pair.b.from}-${pair.b.to}.`, [
        place(pair.a.path, pair.a.from, pair.a.to),
      ]),
      relatedLocations: [place(pair.b.path, pair.b.from, pair.b.to)],
    })),
    ...sources.metrics.flatMap((file) =>
      file.marks.map((mark) => result('unfinished', mark.text, [place(file.path, mark.line)])),
    ),
  ];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: sources.tool.name,
            semanticVersion: sources.tool.version,
            rules: rules.map((rule) => ({
              id: rule.id,
              name: rule.name,
              shortDescription: { text: rule.text },
              defaultConfiguration: { level: rule.level },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
}

function result(ruleId: RuleId, text: string, locations: readonly JsonObject[]): JsonObject {
  const index = rules.findIndex((rule) => rule.id === ruleId);
  return {
    ruleId,
    ruleIndex: index,
    level: (rules[index] as (typeof rules)[number]).level,
    message: { text },
    locations: [...locations],
  };
}

function place(path: string, from?: number, to?: number): JsonObject {
  const uri = path.split('/').map(encodeURIComponent).join('/');
  const region =
    from === undefined ? {} : { region: { startLine: from, ...(to === undefined ? {} : { endLine: to }) } };
  return { physicalLocation: { artifactLocation: { uri }, ...region } };
}
