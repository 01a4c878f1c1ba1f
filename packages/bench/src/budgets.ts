import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { BenchError } from './errors.ts';
import { formatRatio } from './format.ts';
import type { Results } from './results.ts';

/** What a ratio or a count may come to. Never a time: a time belongs to one machine. */
export interface Budget {
  readonly scenario: string;
  /** The id of a ratio of that scenario; or else `count` is given. */
  readonly ratio?: string | undefined;
  /** The id of a count of that scenario; or else `ratio` is given. */
  readonly count?: string | undefined;
  readonly max: number;
  readonly why: string;
}

/** What a budget came to. */
export interface BudgetOutcome extends Budget {
  /** What was measured, for people; `undefined` where the scenario did not measure it. */
  readonly measured: string | undefined;
  readonly passed: boolean;
}

const budget = z
  .strictObject({
    scenario: z.string(),
    ratio: z.string().optional(),
    count: z.string().optional(),
    max: z.number().nonnegative(),
    why: z.string().min(1),
  })
  .refine(({ ratio, count }) => (ratio === undefined) !== (count === undefined), 'expected either `ratio` or `count`');
const file = z.strictObject({ budgets: z.array(budget).min(1) });

/** Reads `budgets.json`. */
export function readBudgets(path: string | URL): readonly Budget[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BenchError(`Expected budgets in JSON at ${String(path)}: ${(error as Error).message}`);
  }
  const checked = file.safeParse(parsed);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new BenchError(`Expected budgets at ${String(path)}: \`${issue?.path.join('.')}\`: ${issue?.message}`);
  }
  return checked.data.budgets;
}

/**
 * Holds results against budgets. A ratio fails only when even the favourable end of its interval is over the budget: on a noisy machine a median alone
 * would fail by chance. A count is exact. A budget whose figure was not measured fails.
 */
export function checkBudgets(results: Results, budgets: readonly Budget[]): BudgetOutcome[] {
  return budgets.map((item) => {
    const scenario = results.scenarios.find((one) => one.id === item.scenario);
    if (item.count !== undefined) {
      const found = scenario?.counts?.find((one) => one.id === item.count);
      return {
        ...item,
        measured: found?.value.toLocaleString('en-US'),
        passed: (found?.value ?? Infinity) <= item.max,
      };
    }
    const found = scenario?.ratios.find((one) => one.id === item.ratio);
    return {
      ...item,
      measured: found === undefined ? undefined : formatRatio(found.ratio),
      passed: found !== undefined && found.ratio.low <= item.max,
    };
  });
}

/** How often a ratio is measured before it counts as over: noise comes and goes, a regression stays. */
const tries = 3;

/** Holds what `run` measures of some scenarios against budgets; a ratio that is over is measured anew, twice at the most. A count is what it is. */
export async function holdBudgets(
  budgets: readonly Budget[],
  run: (scenarios: ReadonlySet<string>) => Promise<Results>,
): Promise<readonly BudgetOutcome[]> {
  let outcomes: readonly BudgetOutcome[] = checkBudgets(
    await run(new Set(budgets.map((item) => item.scenario))),
    budgets,
  );
  for (let measured = 1; measured < tries; measured += 1) {
    const over = new Set(outcomes.filter(isOver));
    if (over.size === 0) break;
    const results = await run(new Set([...over].map((outcome) => outcome.scenario)));
    outcomes = outcomes.flatMap((outcome) => (over.has(outcome) ? checkBudgets(results, [outcome]) : [outcome]));
  }
  return outcomes;
}

function isOver({ passed, ratio, measured }: BudgetOutcome): boolean {
  return !passed && ratio !== undefined && measured !== undefined;
}

/** A line for each budget, the failed ones last. */
export function formatOutcomes(outcomes: readonly BudgetOutcome[]): string {
  return [...outcomes]
    .toSorted((a, b) => Number(b.passed) - Number(a.passed))
    .map(
      ({ passed, scenario, ratio, count, measured, max, why }) =>
        `${passed ? 'ok  ' : 'FAIL'} ${scenario}/${ratio ?? count}: ${measured ?? 'not measured'}, at most ${max} (${why})`,
    )
    .join('\n');
}
