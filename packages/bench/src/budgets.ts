import { readFileSync } from 'node:fs';

import { BenchError } from './errors.ts';
import type { Results } from './results.ts';
import type { Ratio } from './statistics.ts';

/** The most that a ratio or a count may come to. Never a time: a time belongs to one machine. */
export interface Budget {
  readonly scenario: string;
  readonly ratio: string;
  readonly max: number;
  readonly why: string;
}

/** What a budget came to. */
export interface BudgetOutcome extends Budget {
  /** The measured ratio with its interval; `undefined` where the scenario did not measure it. */
  readonly measured: Ratio | undefined;
  readonly passed: boolean;
}

/** Reads `budgets.json`. */
export function readBudgets(path: string | URL): Budget[] {
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as { budgets?: Budget[] };
  if (!Array.isArray(parsed.budgets)) throw new BenchError('Expected budgets.json to hold a list `budgets`');
  return parsed.budgets;
}

/**
 * Holds results against budgets. A ratio fails only when even the favourable end of its interval is over the budget: on a noisy machine a median alone
 * would fail by chance. A budget whose ratio was not measured fails.
 */
export function checkBudgets(results: Results, budgets: readonly Budget[]): BudgetOutcome[] {
  return budgets.map((budget) => {
    const scenario = results.scenarios.find((item) => item.id === budget.scenario);
    const row = scenario?.ratios.find((item) => item.id === budget.ratio);
    return { ...budget, measured: row?.ratio, passed: row !== undefined && row.ratio.low <= budget.max };
  });
}
