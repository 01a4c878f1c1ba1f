import type { Clock } from '../../clock.ts';
import { AttemptGuard } from '../call/attempt-guard.ts';
import type { ModelCall, ModelLayer } from '../call/model-call.ts';
import { untilAborted } from '../call/wait.ts';

/** Ends a call at its deadline, whatever it does then: waiting for a turn, between attempts, or in one. */
export function withDeadline(model: string, clock: Clock): ModelLayer {
  return (next: ModelCall): ModelCall =>
    async (request, context) => {
      using guard = new AttemptGuard({
        clock,
        signal: context.signal,
        stallMs: 0,
        deadlineAt: context.deadlineAt,
        model,
      });
      const { signal } = guard;
      return await untilAborted(next(request, { ...context, signal }), signal);
    };
}
