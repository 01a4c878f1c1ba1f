import type { Clock } from '../../clock.ts';
import type { ModelCall, ModelLayer } from '../call/model-call.ts';
import type { ModelUsage } from '../model-client.ts';
import { isModelError } from '../model-error.ts';
import type { ModelListener } from '../model-event.ts';
import { estimateUsage } from '../token-estimate.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { TokenBucket } from './token-bucket.ts';

/** What a provider may be asked for. 0 = no limit. */
export interface LimitOptions {
  /** The model, for events. */
  readonly model: string;
  /** Attempts a minute. */
  readonly requestsPerMinute: number;
  /** Tokens a minute, input and output. */
  readonly tokensPerMinute: number;
  /** The most calls at once; adapts downwards to throttling and back up. */
  readonly maxConcurrency: number;
  /** Where time comes from. */
  readonly clock: Clock;
  /** Told when the concurrency changes. */
  readonly onEvent: ModelListener;
}

/** Keeps attempts within requests and tokens a minute, and as many at once as the provider bears. One set of limits for all calls of the client. */
export function withLimits(options: LimitOptions): ModelLayer {
  const { model, clock, onEvent } = options;
  const requests = options.requestsPerMinute > 0 ? new TokenBucket(options.requestsPerMinute, clock) : undefined;
  const tokens = options.tokensPerMinute > 0 ? new TokenBucket(options.tokensPerMinute, clock) : undefined;
  const limit = new AdaptiveLimit(options.maxConcurrency, (concurrency, reason) =>
    onEvent({ type: 'model-limit', model, concurrency, reason }),
  );
  return (next: ModelCall): ModelCall =>
    async (request, context) => {
      const permit = await limit.acquire(context.signal);
      let outcome: 'good' | 'throttled' | 'failed' = 'failed';
      const expected = tokens === undefined ? 0 : total(estimateUsage(request));
      let taken = 0;
      let used: number | undefined;
      try {
        await requests?.take(1, context.signal);
        await tokens?.take(expected, context.signal);
        taken = Math.min(expected, options.tokensPerMinute);
        const reply = await next(request, context);
        used = total(reply.usage);
        outcome = 'good';
        return reply;
      } catch (error) {
        if (isModelError(error)) {
          used = error.usage === undefined ? 0 : total(error.usage);
          if (error.code === 'ERR_ORC_MODEL_RATE_LIMIT') outcome = 'throttled';
        }
        throw error;
      } finally {
        if (taken > 0 && used !== undefined) tokens?.adjust(used - taken);
        limit.release(permit, outcome);
      }
    };
}

function total(usage: ModelUsage): number {
  return usage.inputTokens + usage.outputTokens;
}
