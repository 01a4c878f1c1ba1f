import { BenchError } from '../errors.ts';
import type { Profile } from '../profile.ts';
import { createProgress } from '../progress.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeResults } from '../results-file.ts';
import { runScenarios } from '../run-scenarios.ts';
import type { Scenario } from '../scenario.ts';
import { scenarios } from '../scenarios/index.ts';
import { suggest } from '../suggest.ts';
import { fromCaller, mustBeWritable, resultsPath } from './paths.ts';

/** Names that may stand where a scenario does: a mistyped command is taken for one. */
const commands = ['run', 'list', 'compare', 'check', 'report', 'help'];

/** The scenarios of these names, in the given order and each once; all where none is named. */
export function chosen(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  const ids = scenarios.map((scenario) => scenario.id);
  return [...new Set(names)].map((name) => {
    const found = scenarios.find((scenario) => scenario.id === name);
    if (found !== undefined) return found;
    const meant = suggest(name, [...ids, ...commands]);
    throw new BenchError(
      `Expected a scenario, got \`${name}\`. ${meant === undefined ? '' : `Did you mean \`${meant}\`? `}There are: ${ids.join(', ')}`,
    );
  });
}

/** What `run` can be told. */
export interface RunFlags {
  readonly short?: boolean;
  readonly smoke?: boolean;
  readonly out?: string;
}

/** Runs scenarios, prints their tables and writes the results file. */
export async function run(names: readonly string[], flags: RunFlags): Promise<void> {
  const profile: Profile = flags.smoke === true ? 'smoke' : flags.short === true ? 'short' : 'full';
  const wanted = chosen(names);
  const out = flags.out === undefined ? undefined : fromCaller(flags.out);
  if (out !== undefined) mustBeWritable(out);
  const results = await runScenarios(wanted, {
    profile,
    progress: createProgress(process.stderr),
    now: () => new Date(),
  });
  const path = out ?? resultsPath(results);
  writeResults(path, results);
  process.stdout.write(`${renderTerminal(results)}\n\n`);
  process.stderr.write(`Results: ${path}\n`);
}
