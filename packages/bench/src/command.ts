import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Command, CommanderError } from 'commander';

import { checkBudgets, readBudgets } from './budgets.ts';
import { formatComparison } from './compare.ts';
import { BenchError } from './errors.ts';
import { formatRatio } from './format.ts';
import { createProgress } from './progress.ts';
import { renderReport, renderTerminal } from './report/markdown.ts';
import { readResults, writeResults } from './results.ts';
import { runScenarios } from './run-scenarios.ts';
import type { Profile, Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

const packageDir = dirname(dirname(fileURLToPath(import.meta.url)));
const rootDir = dirname(dirname(packageDir));

/** Where a path given on the command line points: scripts run in the root, the caller may be elsewhere. */
const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

function chosen(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  return names.map((name) => {
    const found = scenarios.find((scenario) => scenario.id === name);
    if (found === undefined)
      throw new BenchError(
        `Expected a scenario, got \`${name}\`. There are: ${scenarios.map((scenario) => scenario.id).join(', ')}`,
      );
    return found;
  });
}

async function run(
  names: readonly string[],
  options: { readonly short?: boolean; readonly out?: string },
): Promise<void> {
  const profile: Profile = options.short === true ? 'short' : 'full';
  const results = await runScenarios(chosen(names), {
    profile,
    progress: createProgress(process.stderr),
    now: () => new Date(),
  });
  const name = `${results.environment.date.slice(0, 10)}-${results.environment.commit}.json`;
  const path = options.out === undefined ? join(packageDir, 'results', name) : fromCaller(options.out);
  writeResults(path, results);
  process.stdout.write(`${renderTerminal(results)}\n\n`);
  process.stderr.write(`Results: ${path}\n`);
}

async function check(): Promise<number> {
  const budgets = readBudgets(new URL('../budgets.json', import.meta.url));
  const wanted = [...new Set(budgets.map((budget) => budget.scenario))];
  const results = await runScenarios(chosen(wanted), {
    profile: 'short',
    progress: createProgress(process.stderr),
    now: () => new Date(),
  });
  const outcomes = checkBudgets(results, budgets);
  for (const outcome of outcomes) {
    const value = outcome.measured === undefined ? 'not measured' : formatRatio(outcome.measured);
    process.stdout.write(
      `${outcome.passed ? 'ok  ' : 'FAIL'} ${outcome.scenario}/${outcome.ratio}: ${value}, at most ${outcome.max} (${outcome.why})\n`,
    );
  }
  return outcomes.every((outcome) => outcome.passed) ? 0 : 1;
}

function report(file: string, options: { readonly out?: string }): void {
  const out = options.out === undefined ? join(rootDir, 'docs') : fromCaller(options.out);
  for (const part of renderReport(readResults(fromCaller(file)))) {
    const path = join(out, part.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, part.content);
    process.stdout.write(`${path}\n`);
  }
}

/** Runs `orc-bench` and returns its exit code: 0, 1 when a check fails, 2 when it was called wrongly. */
export async function runMain(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command('orc-bench')
    .description('Reproduces the documented scenarios and shows us beside the libraries people would pick instead.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(text) });
  program
    .command('run', { isDefault: true })
    .description('run all scenarios, or those named; prints tables and writes a results file')
    .argument('[scenario...]', scenarios.map((scenario) => scenario.id).join(', '))
    .option('--short', 'fewer rounds: for a quick look, and for CI')
    .option('--out <file>', 'the results file (default: packages/bench/results/<date>-<commit>.json)')
    .action(run);
  program
    .command('list')
    .description('list the scenarios and what each asks')
    .action(() => {
      for (const scenario of scenarios) process.stdout.write(`${scenario.id.padEnd(18)} ${scenario.question}\n`);
    });
  program
    .command('compare')
    .description('compare two results files: a verdict with intervals for each figure they share')
    .argument('<a>', 'the earlier results file')
    .argument('<b>', 'the later results file')
    .action(
      (a: string, b: string) =>
        void process.stdout.write(`${formatComparison(readResults(fromCaller(a)), readResults(fromCaller(b)))}\n`),
    );
  program
    .command('check')
    .description('hold ratios and counts against budgets.json, with a short profile; exit code 1 when one is over')
    .action(async () => {
      code = await check();
    });
  program
    .command('report')
    .description('write benchmarks.md and its charts from a results file')
    .argument('<file>', 'a results file')
    .option('--out <dir>', 'the folder to write to (default: docs)')
    .action(report);
  program.addHelpText(
    'after',
    '\nExamples:\n  $ pnpm bench\n  $ pnpm bench cache-hit --short\n  $ pnpm bench compare results/a.json results/b.json\n  $ pnpm --filter @orc/cache bench',
  );
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof BenchError) {
      process.stderr.write(`orc-bench: ${error.message}\n`);
      return 2;
    }
    throw error;
  }
  return code;
}
