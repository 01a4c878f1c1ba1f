import type { Clock } from '../../clock.ts';
import { errorInfo } from '../../errors.ts';
import { overdue } from '../call/attempt-guard.ts';
import type { ModelCall, ModelLayer } from '../call/model-call.ts';
import { wait } from '../call/wait.ts';
import { ModelError, withUsage } from '../model-error.ts';
import type { ModelListener } from '../model-event.ts';
import { addUsage, noUsage } from '../token-estimate.ts';

/** How failed attempts are repeated. */
export interface RetryOptions {
  /** The model, for events. */
  readonly model: string;
  /** Attempts after the first one. */
  readonly maxRetries: number;
  /** The first wait, in milliseconds; each next one is twice as long. */
  readonly backoffMs: number;
  /** The longest wait that we choose ourselves, in milliseconds. What the provider asks for is honoured at any length. */
  readonly maxBackoffMs: number;
  /** Where time comes from. */
  readonly clock: Clock;
  /** Numbers in [0, 1), for the jitter. */
  readonly random: () => number;
  /** The price of a usage. */
  readonly priceOf: (usage: typeof noUsage) => number | null;
  /** Told of each wait. */
  readonly onEvent: ModelListener;
}

/** Repeats attempts that failed for a passing reason, after the wait that the provider asked for or an exponential one. */
export function withRetry(options: RetryOptions): ModelLayer {
  const { model, maxRetries, clock, priceOf, onEvent } = options;
  return (next: ModelCall): ModelCall =>
    async (request, context) => {
      let used = noUsage;
      let calls = 0;
      for (let attempt = 1; ; attempt += 1) {
        try {
          const reply = await next(request, context);
          const usage = addUsage(reply.usage, used);
          return {
            ...reply,
            usage,
            costUsd: used === noUsage ? reply.costUsd : priceOf(usage),
            attempts: calls + reply.attempts,
          };
        } catch (error) {
          if (context.signal.aborted || !(error instanceof ModelError)) throw error;
          used = addUsage(used, error.usage);
          calls += error.attempts ?? 1;
          if (error.retryable !== true || attempt > maxRetries) throw withUsage(error, used, calls);
          // A provider that asks for no wait at all would get all attempts within one second.
          const delayMs = error.retryAfterMs || backoff(options, attempt);
          if (clock.now() + delayMs >= context.deadlineAt) throw tooLate(withUsage(error, used, calls), model, delayMs);
          context.onRetry({ attempt, delayMs, error });
          onEvent({ type: 'model-retry', model, attempt, delayMs, error: errorInfo(error) });
          await wait(clock, delayMs, context.signal);
        }
      }
    };
}

/** The wait after an attempt: grown, bounded, and spread over its upper half, so that callers do not come back all at once. */
function backoff({ backoffMs, maxBackoffMs, random }: RetryOptions, attempt: number): number {
  const full = Math.min(maxBackoffMs, backoffMs * 2 ** (attempt - 1));
  return Math.round(full * (0.5 + random() / 2));
}

function tooLate(error: ModelError, model: string, delayMs: number): ModelError {
  const { usage = noUsage, attempts } = error;
  if (error.retryAfterMs === undefined) return withUsage(overdue(model, error), usage, attempts);
  return new ModelError(
    error.code,
    `${error.message} (asked to wait ${Math.round(delayMs / 1000)} s, which is beyond the deadline of this call)`,
    {
      hint: 'Resume the session later, or raise `limits.phase_timeout`.',
      retryable: false,
      cause: error,
      status: error.status,
      retryAfterMs: delayMs,
      usage,
      attempts,
    },
  );
}
