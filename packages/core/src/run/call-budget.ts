import { unpriced, type Budget } from '../ai/budget.ts';
import { expectedCall } from '../ai/expected-call.ts';
import type { CallBudget, ModelClient, ModelRequest, Reservation } from '../ai/model-client.ts';
import { OrcError, isOrcError } from '../errors.ts';

/** The money of one call: what its client may set its attempts aside in, and what it was in the end. */
export interface CallMoney {
  /** For the client. Its first attempt is what has been set aside already. */
  readonly budget: CallBudget;
  /** The call is over. Counts only for a client that has set nothing aside itself. */
  settle(spentUsd: number | null, replied: boolean): void;
}

/**
 * Sets aside what a call of any client may cost. A client that knows `ModelCallOptions.budget` pays each of its attempts from it; for one
 * that doesn't, the call is settled as a whole.
 *
 * @throws OrcError `ERR_ORC_BUDGET` when the call does not fit, and for a model whose price is not known.
 */
export async function setAside(
  budget: Budget,
  client: ModelClient,
  request: ModelRequest,
  options: { readonly signal: AbortSignal; readonly task: string },
): Promise<CallMoney> {
  const { signal, task } = options;
  const model = client.id;
  const call =
    client.capabilities.priced === 'unknown'
      ? undefined
      : expectedCall(model, request, (usage) => client.priceOf(usage));
  if (call === undefined) throw ofTask(unpriced(budget.limitUsd, model), task);
  const first = await reserve(budget, call, signal, task);
  let taken = false;
  return {
    budget: {
      reserveCall: (further, within) => {
        if (taken) return budget.reserveCall(further, within);
        taken = true;
        return Promise.resolve(first);
      },
    },
    settle: (spentUsd, replied) => {
      // What the client has begun and not settled is over too: it has replied.
      first.settle(taken ? 0 : spentUsd, { model, replied: replied && !taken });
    },
  };
}

/**
 * Sets aside what an attempt on another machine may cost: as much as the dearest one so far, since its calls are made there.
 *
 * @throws OrcError `ERR_ORC_BUDGET`.
 */
export function setAsideAttempt(
  budget: Budget,
  client: ModelClient,
  options: { readonly signal: AbortSignal; readonly task: string },
): Promise<Reservation> {
  if (client.capabilities.priced === 'unknown')
    return Promise.reject(ofTask(unpriced(budget.limitUsd, client.id), options.task));
  return reserve(budget, { model: `${client.id} elsewhere`, leastUsd: 0 }, options.signal, options.task);
}

async function reserve(
  budget: Budget,
  call: Parameters<Budget['reserveCall']>[0],
  signal: AbortSignal,
  task: string,
): Promise<Reservation> {
  try {
    return await budget.reserveCall(call, signal);
  } catch (error) {
    throw isOrcError(error) ? ofTask(error, task) : error;
  }
}

function ofTask({ code, message, hint, retryable }: OrcError, task: string): OrcError {
  return new OrcError(code, message, { task, hint, retryable });
}
