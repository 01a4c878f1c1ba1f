import type { Row } from './results.ts';
import { compareSummaries, ratioOf, type Ratio, type Verdict } from './statistics.ts';

/** A figure within so much of another is no difference, however narrow the spread: 101.2 ms beside 101.3 ms says nothing. */
const negligible = 0.02;

/** How one figure stands to another: the ratio of their medians, and whether it is more than the spread. */
export function judge(before: Row, after: Row): { readonly ratio: Ratio; readonly verdict: Verdict } {
  const ratio = ratioOf(after.summary, before.summary);
  if (Math.abs(ratio.value - 1) < negligible) return { ratio, verdict: 'no difference' };
  // What was counted has no spread: one sample tells all.
  if (before.exact === true && after.exact === true) return { ratio, verdict: ratio.value < 1 ? 'less' : 'more' };
  return { ratio, verdict: compareSummaries(before.summary, after.summary) };
}
