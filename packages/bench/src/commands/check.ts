import { checkBudgets, formatOutcomes, readBudgets } from '../budgets.ts';
import { createProgress } from '../progress.ts';
import { runScenarios } from '../run-scenarios.ts';
import { scenarios } from '../scenarios/index.ts';
import { chosen } from './run.ts';

/** Runs what the budgets need with the short profile and holds it against them; 0 when all are kept, 1 otherwise. */
export async function check(): Promise<number> {
  const budgets = readBudgets(new URL('../../budgets.json', import.meta.url));
  const wanted = new Set(budgets.map((budget) => budget.scenario));
  const names = scenarios.map((scenario) => scenario.id).filter((id) => wanted.has(id));
  const results = await runScenarios(chosen(names), {
    profile: 'short',
    progress: createProgress(process.stderr),
    now: () => new Date(),
  });
  const outcomes = checkBudgets(results, budgets);
  process.stdout.write(`${formatOutcomes(outcomes)}\n`);
  return outcomes.every((outcome) => outcome.passed) ? 0 : 1;
}
