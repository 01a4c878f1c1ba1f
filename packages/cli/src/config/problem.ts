import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';

/** One thing that is wrong with the configuration, and where. */
export interface ConfigProblem {
  /** The file, variable or flag it stands in. */
  readonly file: string;
  /** The line, from 1. */
  readonly line?: number | undefined;
  /** The column, from 1. */
  readonly column?: number | undefined;
  /** What was expected and what came. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string | undefined;
}

/** The error for wrong configuration: exit code 3, one line for each problem. */
export function configError(problems: readonly ConfigProblem[]): CliError {
  const lines = problems.map((problem) => {
    const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}:${problem.column ?? 1}`;
    const hint = problem.hint === undefined || problem.hint === '' ? '' : `; ${problem.hint}`;
    return `${place}: ${problem.message}${hint}`;
  });
  return new CliError('ERR_CLI_CONFIG', lines.join('\n'), { exitCode: exitCodes.config });
}
