import { OrcError } from '../errors.ts';
import type { WorkRun } from './run-state.ts';

/** Refuses a model call once the budget is spent. Throws `ERR_ORC_BUDGET`. */
export function checkBudget(run: WorkRun, task: string): void {
  const { budgetUsd, usage } = run;
  if (budgetUsd === undefined || usage.costUsd === null) return;
  const spent = run.spentUsd + usage.costUsd;
  if (spent < budgetUsd) return;
  throw new OrcError('ERR_ORC_BUDGET', `The budget of $${budgetUsd} is spent ($${spent.toFixed(4)})`, {
    task,
    retryable: false,
    hint: 'Raise the budget and resume the session: what is done stays done.',
  });
}
