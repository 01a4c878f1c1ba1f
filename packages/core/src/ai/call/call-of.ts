import { isOrcError } from '../../errors.ts';
import type { ModelClient } from '../model-client.ts';
import { ModelError, type ModelErrorOptions } from '../model-error.ts';
import { classifyFailure } from './classify-failure.ts';
import type { ModelCall } from './model-call.ts';

/** A client as a call, so that layers can be put around it. */
export function callOf(client: ModelClient, now: () => number): ModelCall {
  return async (request, { signal, delta }) => {
    try {
      if (delta === undefined) return await client.generate(request, { signal });
      const stream = client.stream(request, { signal });
      for await (const text of stream) delta(text);
      return await stream.reply;
    } catch (error) {
      if (signal.aborted || error instanceof ModelError) throw error;
      // A failure with a status is told apart like a provider's; anything else is a mistake that no retry mends.
      if (!isOrcError(error))
        throw typeof (error as { readonly statusCode?: unknown } | null)?.statusCode === 'number'
          ? classifyFailure(error, { model: client.id, secrets: [], now: now() })
          : error;
      // What the layers decide by stands on the error of any client.
      const { code, message, hint, retryable, cause } = error;
      const { usage, text, status, retryAfterMs, attempts } = error as ModelErrorOptions;
      throw new ModelError(code, message, { hint, retryable, cause, usage, text, status, retryAfterMs, attempts });
    }
  };
}
