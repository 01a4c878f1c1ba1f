import { OrcError } from '../../errors.ts';

/** One thing that is wrong in a pipeline file. */
export interface FileProblem {
  /** The file, as it was named. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
  /** What was expected and what came. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** A pipeline file that can't be used: all its problems at once, each with line and column. */
export class PipelineFileError extends OrcError {
  /** What is wrong, in the order of the file. */
  readonly problems: readonly FileProblem[];

  /** Makes the error from its problems. */
  constructor(problems: readonly FileProblem[]) {
    const lines = problems.map(
      (problem) =>
        `${problem.file}:${problem.line}:${problem.column}: ${problem.message}${problem.hint === undefined ? '' : ` ${problem.hint}`}`,
    );
    super('ERR_ORC_PIPELINE_FILE', lines.join('\n'));
    this.problems = problems;
  }
}
