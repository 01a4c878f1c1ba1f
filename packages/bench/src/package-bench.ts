import { runChild } from './child.ts';
import type { Summary } from './statistics.ts';

/** A figure as the packages' own benchmarks print it: they don't share a format of percentiles. */
export interface PackageFigure {
  readonly median: number;
  readonly min: number;
  readonly max?: number;
  readonly p10?: number;
  readonly p90?: number;
  readonly p95?: number;
  readonly samples: number;
}

/**
 * A package's figure as ours. The packages keep no single samples, so the interval of the median is taken between the two percentiles that they print:
 * wider than it need be, never narrower.
 */
export function summaryOf(figure: PackageFigure): Summary {
  const high = figure.p90 ?? figure.p95 ?? figure.max ?? figure.median;
  return {
    n: figure.samples,
    median: figure.median,
    min: figure.min,
    p90: high,
    max: figure.max ?? high,
    low: figure.p10 ?? figure.min,
    high,
  };
}

/** Runs the benchmark of a package alone, in a process of its own, and returns its JSON. */
export function runPackageBench<T>(name: 'cache' | 'scheduler', args: readonly string[]): Promise<T> {
  return runChild<T>(new URL(`../../${name}/bench/main.mjs`, import.meta.url), { args, timeoutMs: 600_000 });
}
