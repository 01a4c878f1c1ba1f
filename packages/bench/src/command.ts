import { Command, CommanderError } from 'commander';

import { check } from './commands/check.ts';
import { resultsFile } from './commands/paths.ts';
import { report } from './commands/report.ts';
import { run } from './commands/run.ts';
import { formatComparison } from './compare.ts';
import { BenchError, ScenarioError } from './errors.ts';
import { readResults } from './results-file.ts';
import { scenarios } from './scenarios/index.ts';

const examples = `
Scenarios:
${scenarios.map(({ id, title }) => `  ${id.padEnd(16)} ${title}`).join('\n')}

Examples:
  $ pnpm bench                                    all scenarios, about eight minutes on two cores
  $ pnpm bench cache-hit --short
  $ pnpm bench compare results/a.json results/b.json
  $ pnpm bench:peers                              installs LangGraph.js, Mastra, p-graph and listr2
  $ pnpm --filter @orc/cache bench                one package alone

Exit codes: 0 done, 1 a budget is over or a scenario did not do its work, 2 called wrongly, 130 stopped with Ctrl-C.`;

/** The command line: what there is to call, and what each call does. */
function createProgram(finish: (code: number) => void): Command {
  const program = new Command('orc-bench')
    .description('Reproduces the documented scenarios and shows us beside the libraries people would pick instead.')
    .exitOverride()
    .configureOutput({
      writeErr: (text) => void process.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'orc-bench: ')),
    });
  program
    .command('run', { isDefault: true })
    .description('run all scenarios, or those named; prints tables and writes a results file')
    .argument('[scenario...]', scenarios.map((scenario) => scenario.id).join(', '))
    .option('--short', 'fewer rounds: for a quick look, and for CI')
    .option('--smoke', 'once through everything, to see whether it works; the figures mean nothing')
    .option('--out <file>', 'the results file (default: packages/bench/results/<date>-<commit>.json)')
    .action(run);
  program
    .command('list')
    .description('list the scenarios and what each asks')
    .action(() => {
      for (const { id, question } of scenarios) process.stdout.write(`${id.padEnd(16)} ${question}\n`);
    });
  program
    .command('compare')
    .description('compare two results files: a verdict with intervals for each figure they share')
    .argument('<a>', 'the earlier results file')
    .argument('<b>', 'the later results file')
    .action((a: string, b: string) => {
      process.stdout.write(`${formatComparison(readResults(resultsFile(a)), readResults(resultsFile(b)))}\n`);
    });
  program
    .command('check')
    .description('hold ratios and counts against budgets.json, with a short profile; exit code 1 when one is over')
    .action(async () => finish(await check()));
  program
    .command('report')
    .description('write docs/benchmarks.md, its charts and the table of the README from a results file')
    .argument('<file>', 'a results file')
    .option('--out <dir>', 'a folder to write page and charts to instead')
    .action(report);
  return program.addHelpText('after', examples);
}

/** Runs `orc-bench` and returns its exit code: 0, 1 when a check or a scenario fails, 2 when it was called wrongly. */
export async function runMain(argv: readonly string[]): Promise<number> {
  let code = 0;
  try {
    await createProgram((given) => {
      code = given;
    }).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof BenchError)) throw error;
    process.stderr.write(`orc-bench: ${error.message}\n`);
    return error instanceof ScenarioError ? 1 : 2;
  }
  return code;
}
