import { formatOutcomes, holdBudgets, readBudgets } from '../budgets.ts';
import { createProgress } from '../progress.ts';
import { runScenarios } from '../run-scenarios.ts';
import { scenarios } from '../scenarios/index.ts';
import { chosen } from './run.ts';

/** Runs what the budgets need with the short profile and holds it against them, measuring anew what is over; 0 when all are kept, 1 otherwise. */
export async function check(): Promise<number> {
  const budgets = readBudgets(new URL('../../budgets.json', import.meta.url));
  const outcomes = await holdBudgets(budgets, (wanted) =>
    runScenarios(chosen(scenarios.map(({ id }) => id).filter((id) => wanted.has(id))), {
      profile: 'short',
      progress: createProgress(process.stderr),
      now: () => new Date(),
    }),
  );
  process.stdout.write(`${formatOutcomes(outcomes)}\n`);
  return outcomes.every((outcome) => outcome.passed) ? 0 : 1;
}
