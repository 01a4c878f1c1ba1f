import type { ModelClient } from '../ai/model-client.ts';
import { OrcError } from '../errors.ts';
import type { WorkRun } from './run-state.ts';

/** Refuses a model call once the budget is spent, and one whose price nobody knows. Throws `ERR_ORC_BUDGET`. */
export function checkBudget(run: WorkRun, task: string, model: ModelClient): void {
  const { budgetUsd, usage } = run;
  if (budgetUsd === undefined) return;
  if (usage.costUsd === null || model.capabilities.priced === 'unknown') {
    throw new OrcError(
      'ERR_ORC_BUDGET',
      `The budget of $${budgetUsd} can't be kept: the price of ${model.id} is not known`,
      {
        task,
        retryable: false,
        hint: 'Say what the model costs, or take the budget away.',
      },
    );
  }
  const spent = run.spentUsd + usage.costUsd;
  if (spent < budgetUsd) return;
  throw new OrcError('ERR_ORC_BUDGET', `The budget of $${budgetUsd} is spent ($${spent.toFixed(4)})`, {
    task,
    retryable: false,
    hint: 'Raise the budget and resume the session: what is done stays done.',
  });
}
