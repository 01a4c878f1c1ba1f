import { basename } from 'node:path';

import { defineTask, type TaskHandle } from '@orc/scheduler';

import { OrcError } from '../../errors.ts';
import { definePhase } from '../../pipeline/define-phase.ts';
import { definePipeline, type Pipeline } from '../../pipeline/define-pipeline.ts';
import type { FanOut } from '../../pipeline/phase.ts';
import { builtInPackage } from '../built-in-package.ts';
import type { Duplicates } from './duplicates-task.ts';
import { readHistory } from './history.ts';
import type { ImportGraph } from './imports-task.ts';
import { isCode } from './languages.ts';
import { readManifests } from './manifests.ts';
import { toMermaid } from './mermaid.ts';
import type { MetricsBatch } from './metrics-task.ts';
import { modulePrompt, overviewPrompt, riskPrompt, synthesisPrompt, testsPrompt } from './prompts.ts';
import { writeReport } from './report.ts';
import { toSarif } from './sarif.ts';
import { scanFolder, type Scan } from './scan.ts';
import type { FoundSecrets } from './secrets-task.ts';
import type { SelectInput, Selection } from './select-task.ts';
import { fromScannedFiles, type ChangedFiles, type ScannedPath, type SourceFiles } from './source-reader.ts';

const batchSize = 250;
const tokenBudget = 24_000;

function task<In, Out>(name: string, exported: string): TaskHandle<In, Out> {
  return defineTask<In, Out>({ module: new URL(`./${name}.js`, import.meta.url), export: exported });
}

function rootOf(input: string | undefined): string {
  if (input === undefined)
    throw new OrcError('ERR_ORC_REQUEST', 'Expected a folder to analyze, got none', {
      hint: 'Name one with --input DIR.',
      retryable: false,
    });
  return input;
}

// The disk is read every time; what follows is keyed by the digests that the scan finds, so only what has changed is done again.
const scan = definePhase({
  id: 'scan',
  kind: 'io',
  title: 'Scan',
  uses: { request: ['input'] },
  local: true,
  cache: false,
  run: (context) =>
    scanFolder(rootOf(context.request.input), {
      signal: context.signal,
      report: (found) => context.report({ message: `${found} files` }),
    }),
});

const scanned = ({ path, sha256 }: ScannedPath): ScannedPath => ({ path, sha256 });
const codeOf = (found: Scan): ScannedPath[] => found.files.filter((file) => isCode(file.language)).map(scanned);
const allOf = (found: Scan): ScannedPath[] => found.files.map(scanned);
// The disk may change under an analysis: what was made from other files than those of the scan is told, and never kept under their digests.
const cache = { when: fromScannedFiles };

const metrics = definePhase({
  id: 'metrics',
  kind: 'cpu',
  title: 'Metrics',
  needs: { scan },
  forEach: ({ inputs }) => {
    const { files } = inputs.scan;
    return Array.from({ length: Math.ceil(files.length / batchSize) }, (_, index) => ({
      key: `b${String(index + 1).padStart(3, '0')}`,
      value: files.slice(index * batchSize, (index + 1) * batchSize).map(scanned),
    }));
  },
  uses: { request: ['input'] },
  local: true,
  taskInput: ({ item, request }): SourceFiles => ({ root: rootOf(request.input), files: item }),
  cache,
  run: task<SourceFiles, MetricsBatch>('metrics-task', 'measureFiles'),
});

const imports = definePhase({
  id: 'imports',
  kind: 'cpu',
  title: 'Imports',
  needs: { scan },
  uses: { request: ['input'] },
  local: true,
  taskInput: ({ inputs, request }): SourceFiles => ({
    root: rootOf(request.input),
    files: [...codeOf(inputs.scan), ...allOf(inputs.scan).filter(({ path }) => path === 'go.mod')],
  }),
  cache,
  run: task<SourceFiles, ImportGraph & ChangedFiles>('imports-task', 'mapImports'),
});

const duplicates = definePhase({
  id: 'duplicates',
  kind: 'cpu',
  title: 'Duplicates',
  needs: { scan },
  uses: { request: ['input'] },
  local: true,
  taskInput: ({ inputs, request }): SourceFiles => ({ root: rootOf(request.input), files: codeOf(inputs.scan) }),
  cache,
  run: task<SourceFiles, Duplicates & ChangedFiles>('duplicates-task', 'findDuplicates'),
});

const secrets = definePhase({
  id: 'secrets',
  kind: 'cpu',
  title: 'Secrets',
  needs: { scan },
  uses: { request: ['input'] },
  local: true,
  taskInput: ({ inputs, request }): SourceFiles => ({ root: rootOf(request.input), files: allOf(inputs.scan) }),
  cache,
  run: task<SourceFiles, FoundSecrets>('secrets-task', 'findSecrets'),
});

const manifests = definePhase({
  id: 'manifests',
  kind: 'io',
  title: 'Manifests',
  needs: { scan },
  uses: { request: ['input'] },
  local: true,
  cache,
  run: ({ inputs, request }) => readManifests(rootOf(request.input), inputs.scan),
});

// The history is no part of the scan's digests: a commit changes it while every file stays the same.
const history = definePhase({
  id: 'history',
  kind: 'io',
  title: 'History',
  needs: { scan },
  uses: { request: ['input'] },
  local: true,
  cache: false,
  run: ({ request, signal }) => readHistory(rootOf(request.input), signal),
});

const select = definePhase({
  id: 'select',
  kind: 'cpu',
  title: 'Selection',
  // The excerpts are of the files themselves, so their digests count too.
  needs: { scan, metrics, imports, history },
  uses: { request: ['input'] },
  local: true,
  taskInput: ({ inputs, request }): SelectInput => ({
    root: rootOf(request.input),
    files: codeOf(inputs.scan),
    metrics: inputs.metrics.flatMap((batch) => batch.value.files),
    imports: inputs.imports,
    history: inputs.history,
    tokenBudget,
  }),
  cache,
  run: task<SelectInput, Selection & ChangedFiles>('select-task', 'select'),
});

const overview = definePhase({
  id: 'overview',
  kind: 'llm',
  title: 'Overview',
  needs: { select, imports, manifests },
  uses: { request: ['text'] },
  model: { temperature: 0.2 },
  prompt: ({ inputs, request }) => overviewPrompt(request.text, { ...inputs, manifests: inputs.manifests.manifests }),
});

const module = definePhase({
  id: 'module',
  kind: 'llm',
  title: 'Modules',
  needs: { select },
  forEach: ({ inputs }) => inputs.select.modules.map((value) => ({ key: value.key, value })),
  uses: { request: ['text'] },
  model: { temperature: 0.2 },
  prompt: ({ item, request }) => modulePrompt(request.text, item),
});

const risk = definePhase({
  id: 'risk',
  kind: 'llm',
  title: 'Risks',
  needs: { select, secrets },
  forEach: ({ inputs }) => inputs.select.hotspots.map((value) => ({ key: value.key, value })),
  uses: { request: ['text'] },
  model: { temperature: 0.2 },
  prompt: ({ inputs, item, request }) =>
    riskPrompt(
      request.text,
      item,
      inputs.secrets.findings.filter((secret) => secret.path === item.path),
    ),
});

const tests = definePhase({
  id: 'tests',
  kind: 'llm',
  title: 'Tests',
  needs: { select, manifests },
  uses: { request: ['text'] },
  model: { temperature: 0.2 },
  prompt: ({ inputs, request }) => testsPrompt(request.text, { ...inputs, manifests: inputs.manifests.manifests }),
});

const synthesis = definePhase({
  id: 'synthesis',
  kind: 'llm',
  title: 'Synthesis',
  needs: { select, imports, duplicates, secrets, overview, module, risk, tests },
  uses: { request: ['text'] },
  model: { temperature: 0.2 },
  prompt: ({ inputs, request }) => synthesisPrompt(request.text, { ...inputs, secrets: inputs.secrets.findings }),
});

function changedIn(inputs: {
  readonly metrics: FanOut<ChangedFiles>;
  readonly imports: ChangedFiles;
  readonly duplicates: ChangedFiles;
  readonly secrets: ChangedFiles;
  readonly manifests: ChangedFiles;
  readonly select: ChangedFiles;
}): string[] {
  const { metrics, imports, duplicates, secrets, manifests, select: selected } = inputs;
  const parts = [...metrics.map((batch) => batch.value), imports, duplicates, secrets, manifests, selected];
  return [...new Set(parts.flatMap((part) => part.changed))].toSorted();
}

const report = definePhase({
  id: 'report',
  kind: 'llm',
  title: 'Report',
  needs: {
    scan,
    metrics,
    select,
    imports,
    duplicates,
    secrets,
    manifests,
    history,
    overview,
    module,
    risk,
    tests,
    synthesis,
  },
  uses: { request: ['text', 'input'] },
  local: true,
  run: ({ inputs, request, model }) => {
    const title = `Analysis of ${basename(rootOf(request.input))}`;
    const text = writeReport({
      title,
      focus: /\b(?:debug|diagnose|fix|investigate|why|find)\b/i.test(request.text) ? request.text : undefined,
      scan: inputs.scan,
      selection: inputs.select,
      imports: inputs.imports,
      duplicates: inputs.duplicates,
      secrets: inputs.secrets.findings,
      manifests: inputs.manifests.manifests,
      changed: changedIn(inputs),
      history: inputs.history,
      overview: inputs.overview,
      modules: inputs.module,
      risks: inputs.risk,
      tests: inputs.tests,
      synthesis: inputs.synthesis,
      model: model.id,
    });
    const findings = toSarif({
      metrics: inputs.metrics.flatMap((batch) => batch.value.files),
      imports: inputs.imports,
      duplicates: inputs.duplicates,
      secrets: inputs.secrets.findings,
      tool: builtInPackage,
    });
    return { title, text, findings: `${JSON.stringify(findings, null, 2)}\n`, graph: toMermaid(inputs.select) };
  },
  artifacts: (output) => [
    { path: 'report.md', content: output.text },
    { path: 'findings.json', content: output.findings },
    { path: 'graph.mmd', content: output.graph },
  ],
});

/** `analyze`: a codebase scanned, measured on worker threads, ranked, described by a model under a token budget, and reported. Never leaves its folder. */
export const analyzePipeline: Pipeline = definePipeline({
  id: 'analyze',
  version: '1',
  description: 'Analyzes a codebase: structure, imports, duplicates, secrets, hotspots, a report with SARIF findings.',
  package: builtInPackage,
  phases: [
    scan,
    metrics,
    imports,
    duplicates,
    secrets,
    manifests,
    history,
    select,
    overview,
    module,
    risk,
    tests,
    synthesis,
    report,
  ],
  result: { phase: report, text: (output) => output.text, title: (output) => output.title },
});
