import type { ModelClient } from '../ai/model-client.ts';
import { OrcError } from '../errors.ts';
import type { WorkRun } from './run-state.ts';

/** Refuses a model call that the budget does not allow, if it costs as much as one has cost already, and one whose price nobody knows. Throws `ERR_ORC_BUDGET`. */
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
  // Sums of cents have digits of their own far behind the point.
  const allowed = budgetUsd + 1e-9;
  if (spent < budgetUsd && spent + usage.dearestUsd <= allowed) return;
  const why =
    spent < budgetUsd
      ? `does not allow another call: $${spent.toFixed(4)} are spent, and one has cost $${usage.dearestUsd.toFixed(4)}`
      : `is spent ($${spent.toFixed(4)})`;
  throw new OrcError('ERR_ORC_BUDGET', `The budget of $${budgetUsd} ${why}`, {
    task,
    retryable: false,
    hint: 'Raise the budget and resume the session: what is done stays done.',
  });
}
