import { isOrcError, type OrcError } from '../../errors.ts';
import { unpriced, type Budget } from '../budget.ts';
import type { ModelCall, ModelLayer } from '../call/model-call.ts';
import { expectedCall } from '../expected-call.ts';
import type { CallBudget, ExpectedCall, ModelUsage, Reservation } from '../model-client.ts';
import { ModelError, isModelError } from '../model-error.ts';

/** What spending needs to know of the model. */
export interface SpendingOptions {
  /** The model, for messages. */
  readonly model: string;
  /** What the calls of the client may cost together, if it has a budget of its own; the caller may bring one besides. */
  readonly budget: Budget | undefined;
  /** The price of a usage; `null` where none is known. */
  readonly priceOf: (usage: ModelUsage) => number | null;
}

/** Makes no attempt that a budget does not cover: money is set aside before it and settled after it, failed attempts included. */
export function withBudget({ model, budget, priceOf }: SpendingOptions): ModelLayer {
  return (next: ModelCall): ModelCall =>
    async (request, context) => {
      const budgets = [budget, context.budget].filter((one) => one !== undefined);
      if (budgets.length === 0) return next(request, context);
      const call = expectedCall(model, request, priceOf);
      if (call === undefined) throw asModelError(unpriced(budget?.limitUsd ?? 0, model));
      const reservations = await reserveAll(budgets, call, context.signal);
      const settle = (spentUsd: number | null, replied: boolean): void => {
        for (const reservation of reservations) reservation.settle(spentUsd, { model, replied });
      };
      try {
        const reply = await next(request, context);
        settle(reply.costUsd, true);
        return reply;
      } catch (error) {
        settle(isModelError(error) && error.usage !== undefined ? priceOf(error.usage) : 0, false);
        throw error;
      }
    };
}

async function reserveAll(
  budgets: readonly CallBudget[],
  call: ExpectedCall,
  signal: AbortSignal,
): Promise<readonly Reservation[]> {
  const reserved: Reservation[] = [];
  try {
    for (const budget of budgets) reserved.push(await budget.reserveCall(call, signal));
    return reserved;
  } catch (error) {
    for (const reservation of reserved) reservation.settle(0, { replied: false });
    throw isOrcError(error) ? asModelError(error) : error;
  }
}

// The attempts before it may have cost tokens: those who add them up look for an error of a model.
function asModelError({ code, message, hint, retryable, cause }: OrcError): ModelError {
  return new ModelError(code, message, { hint, retryable, cause });
}
