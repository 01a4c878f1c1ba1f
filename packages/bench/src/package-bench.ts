import { ScenarioError } from './errors.ts';
import { runChild } from './processes/child.ts';
import type { Profile } from './profile.ts';
import { summarize, type Summary } from './statistics.ts';

/** A figure as the packages' own benchmarks print it: with every sample, so that all figures are summed up in one way. */
export interface PackageFigure {
  readonly values: readonly number[];
}

/** A package's figure as ours. */
export function summaryOf(figure: PackageFigure): Summary {
  if (!Array.isArray(figure.values)) throw new ScenarioError('Expected a figure with its samples');
  return summarize(figure.values);
}

/** How a package's benchmark is run. */
export interface PackageBenchOptions {
  readonly profile: Profile;
  /** What else it is told. */
  readonly args?: readonly string[] | undefined;
  /** Told how many of its parts are done. */
  readonly onPart: (done: number, what: string) => void;
  /** Which line of its stderr says that a part begins or ends, and its name. */
  readonly part: RegExp;
}

/** Runs the benchmark of a package alone, in a process of its own, and returns its JSON. */
export function runPackageBench<T>(
  name: 'cache' | 'scheduler' | 'core' | 'cli',
  { profile, args = [], onPart, part }: PackageBenchOptions,
): Promise<T> {
  let done = 0;
  return runChild<T>(new URL(`../../${name}/bench/main.mjs`, import.meta.url), {
    args: ['--samples', ...args, ...(profile === 'full' ? [] : ['--quick'])],
    timeoutMs: 200_000,
    onLine: (line) => {
      const found = part.exec(line)?.[1];
      if (found !== undefined) onPart((done += 1), found);
    },
  });
}
