import { OrcError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import type { ModelCall, ModelLayer } from '../call/model-call.ts';
import type { ModelUsage } from '../model-client.ts';
import { isModelError } from '../model-error.ts';
import { estimateUsage } from '../token-estimate.ts';

/** What spending needs to know of the model. */
export interface SpendingOptions {
  /** The model, for messages. */
  readonly model: string;
  /** What its calls may cost together. */
  readonly budget: Budget;
  /** The price of a usage; `null` where none is known. */
  readonly priceOf: (usage: ModelUsage) => number | null;
}

/** Makes no call that the budget does not cover: money is set aside before it and settled after it, failed calls included. */
export function withBudget({ model, budget, priceOf }: SpendingOptions): ModelLayer {
  return (next: ModelCall): ModelCall =>
    async (request, context) => {
      const expected = priceOf(estimateUsage(request));
      if (expected === null) throw unpriced(model);
      const reservation = await budget.reserve(expected, context.signal);
      let spent = 0;
      try {
        const reply = await next(request, context);
        spent = reply.costUsd ?? 0;
        return reply;
      } catch (error) {
        if (isModelError(error) && error.usage !== undefined) spent = priceOf(error.usage) ?? 0;
        throw error;
      } finally {
        reservation.settle(spent);
      }
    };
}

function unpriced(model: string): OrcError {
  return new OrcError('ERR_ORC_BUDGET', `A budget is set, but no price is known for ${model}`, {
    retryable: false,
    hint: `Add it to the configuration: \`ai.prices: { "${model}": { input: …, output: … } }\` (US dollars for a million tokens), or run without a budget.`,
  });
}
