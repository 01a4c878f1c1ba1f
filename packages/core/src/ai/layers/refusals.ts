import type { CallContext, ModelCall, ModelLayer } from '../call/model-call.ts';
import { inWords, type Dialect } from '../dialect/dialect.ts';
import type { ModelRequest, ModelReply } from '../model-client.ts';
import { ModelError } from '../model-error.ts';
import type { ModelListener } from '../model-event.ts';

/** How refused parts of a request are handled. */
export interface RefusalOptions {
  /** The model, for messages. */
  readonly model: string;
  /** What the endpoint takes. Shared by all calls of a client. */
  readonly dialect: Dialect;
  /** Told once of what is left out. */
  readonly onEvent: ModelListener;
}

// A server refuses one parameter at a time, and there are not many.
const mostTries = 3;

/** Makes a call that was refused for a part of it once more without that part, and remembers it where that helped. */
export function withoutRefused({ model, dialect, onEvent }: RefusalOptions): ModelLayer {
  return (next: ModelCall): ModelCall => {
    const attempt = async (request: ModelRequest, context: CallContext, tries: number): Promise<ModelReply> => {
      try {
        return await next(dialect.adapt(request), context);
      } catch (error) {
        if (tries >= mostTries || context.signal.aborted || !(error instanceof ModelError)) throw error;
        const suspects = dialect.suspects(error, request);
        if (suspects.length === 0) throw error;
        const takeBack = dialect.leaveOut(suspects);
        try {
          const reply = await attempt(request, context, tries + 1);
          onEvent({
            type: 'model-warning',
            model,
            message: `does not take ${inWords(suspects)}; left out from now on`,
          });
          return { ...reply, attempts: reply.attempts + 1 };
        } catch (again) {
          takeBack();
          // Where the words named nothing, leaving parts out was a guess, and the first words are the right ones.
          throw again instanceof ModelError && again.code === error.code && error.named.length === 0 ? error : again;
        }
      }
    };
    return (request, context) => attempt(request, context, 1);
  };
}
