/** What a set of samples says, in the unit of the samples. */
export interface Summary {
  /** How many samples there are. */
  readonly n: number;
  /** The middle sample. */
  readonly median: number;
  /** The smallest sample. */
  readonly min: number;
  /** Nine in ten samples are at or below it. */
  readonly p90: number;
  /** The largest sample. */
  readonly max: number;
  /** Lower end of the 95 % interval of the median. */
  readonly low: number;
  /** Upper end of the 95 % interval of the median. */
  readonly high: number;
}

/** The quantile `q` of sorted samples, linear between neighbours (type 7 of Hyndman and Fan, 1996, as in R and NumPy). */
export function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) throw new RangeError('Expected at least one sample, got none');
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (upper - lower) * (position - below);
}

/**
 * The ranks (from 0) of a distribution-free interval of the median that holds it with at least 95 % confidence: the order statistics `k` and
 * `n − 1 − k` for the largest `k` whose binomial tail stays within 2.5 % (Conover, Practical Nonparametric Statistics, §3.2).
 * With fewer than six samples no such pair exists at 95 %, and the whole range is the interval. From 200 samples on the normal approximation gives the ranks
 * (within one of the exact ones), since `0.5 ** n` would run out of digits.
 */
export function medianRanks(n: number): readonly [number, number] {
  // Both tails of 95 %.
  const tail = 0.025;
  if (n >= 200) {
    const low = Math.max(0, Math.floor(n / 2 - 1.96 * (Math.sqrt(n) / 2)) - 1);
    return [low, n - 1 - low];
  }
  let probability = 0.5 ** n;
  let cumulative = probability;
  let k = 0;
  while (cumulative <= tail && k < n) {
    k += 1;
    probability = (probability * (n - k + 1)) / k;
    cumulative += probability;
  }
  const low = Math.max(0, k - 1);
  return [low, n - 1 - low];
}

/** Sums samples up: median with its 95 % interval, extremes and p90. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const [low, high] = medianRanks(sorted.length);
  return {
    n: sorted.length,
    median: quantile(sorted, 0.5),
    min: quantile(sorted, 0),
    p90: quantile(sorted, 0.9),
    max: quantile(sorted, 1),
    low: sorted[low] as number,
    high: sorted[high] as number,
  };
}

/** A ratio of two medians with the interval that the two medians' intervals leave it. */
export interface Ratio {
  /** Median over median. */
  readonly value: number;
  /** The least it can be within both intervals. */
  readonly low: number;
  /** The most it can be within both intervals. */
  readonly high: number;
}

/** Whether a ratio says nothing: 1 lies within its interval. */
export function isNoDifference(ratio: Ratio): boolean {
  return ratio.low <= 1 && ratio.high >= 1;
}

/** The ratio of two summaries. */
export function ratioOf(numerator: Summary, denominator: Summary): Ratio {
  return {
    value: numerator.median / denominator.median,
    low: numerator.low / denominator.high,
    high: numerator.high / denominator.low,
  };
}

/** What a comparison of two summaries of the same figure comes to; `less` is better where the unit is time or bytes. */
export type Verdict = 'less' | 'more' | 'no difference';

/** Below so many samples nothing is known of the spread, and no difference can be told. */
const enoughToTell = 3;

/** Compares two summaries: where their intervals overlap, the difference is below the spread and there is none to speak of. */
export function compareSummaries(before: Summary, after: Summary): Verdict {
  if (before.n < enoughToTell || after.n < enoughToTell) return 'no difference';
  if (after.high < before.low) return 'less';
  if (after.low > before.high) return 'more';
  return 'no difference';
}
