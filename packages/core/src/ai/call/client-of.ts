import { setMaxListeners } from 'node:events';

import type { Clock } from '../../clock.ts';
import type {
  ModelCallOptions,
  ModelClient,
  ModelReply,
  ModelRequest,
  ModelStream,
  ModelUsage,
} from '../model-client.ts';
import type { ModelCall } from './model-call.ts';
import { TextChannel } from './text-channel.ts';

/** What a client shows of itself. */
export type ModelFace = Pick<ModelClient, 'id' | 'identity' | 'capabilities' | 'priceOf'>;

/** How a client made from a call behaves. */
export interface ClientOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** The longest that a call may take with all its attempts and waits, in milliseconds. */
  readonly callTimeoutMs: number;
}

/** A client from a call. */
export function clientOf(face: ModelFace, call: ModelCall, { clock, callTimeoutMs }: ClientOptions): ModelClient {
  const start = (
    request: ModelRequest,
    options: ModelCallOptions,
    signal: AbortSignal,
    delta: ((text: string) => void) | undefined,
  ): Promise<ModelReply> =>
    call(request, {
      signal,
      delta,
      budget: options.budget,
      onRetry: options.onRetry ?? ignore,
      deadlineAt: clock.now() + callTimeoutMs,
    });
  return Object.freeze({
    id: face.id,
    identity: face.identity,
    capabilities: face.capabilities,
    priceOf: (usage: ModelUsage) => face.priceOf(usage),
    async generate(request: ModelRequest, options: ModelCallOptions = {}): Promise<ModelReply> {
      const signal = shareable(options.signal) ?? new AbortController().signal;
      signal.throwIfAborted();
      return start(request, options, signal, undefined);
    },
    stream(request: ModelRequest, options: ModelCallOptions = {}): ModelStream {
      const left = new AbortController();
      const channel = new TextChannel(() =>
        left.abort(new DOMException('The stream was left before its end', 'AbortError')),
      );
      const outer = shareable(options.signal);
      const forward = (): void => left.abort(outer?.reason);
      if (outer?.aborted === true) forward();
      else outer?.addEventListener('abort', forward, { once: true });
      const write = async (): Promise<ModelReply> => {
        left.signal.throwIfAborted();
        return start(request, options, left.signal, (text) => channel.push(text));
      };
      const reply = write().finally(() => outer?.removeEventListener('abort', forward));
      reply.then(
        () => channel.end(),
        (error: unknown) => channel.fail(error),
      );
      return { reply, [Symbol.asyncIterator]: () => channel[Symbol.asyncIterator]() };
    },
  });
}

// One signal may end many calls at once; each takes its listener away when it is over, so that there is no leak to warn of.
function shareable(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal !== undefined) setMaxListeners(0, signal);
  return signal;
}

function ignore(): void {}
