import type { ExpectedCall, ModelRequest, ModelUsage } from './model-client.ts';
import { estimateUsage } from './token-estimate.ts';

/** What a call may cost, as far as that can be known before it; `undefined` where its price is not known. */
export function expectedCall(
  model: string,
  request: ModelRequest,
  priceOf: (usage: ModelUsage) => number | null,
): ExpectedCall | undefined {
  const usage = estimateUsage(request);
  const leastUsd = priceOf({ ...usage, outputTokens: 0 });
  if (leastUsd === null) return undefined;
  if (request.maxOutputTokens === undefined) return { model, leastUsd };
  const mostUsd = priceOf(usage);
  return mostUsd === null ? undefined : { model, leastUsd, mostUsd };
}
