import type { Clock } from '../../clock.ts';
import type { ModelReply, ModelRequest } from '../model-client.ts';
import { ReasoningFilter, cleanReply } from '../reply/reasoning.ts';
import { ModelError, withUsage } from '../model-error.ts';
import { usageFromTexts } from '../token-estimate.ts';
import { AttemptGuard } from './attempt-guard.ts';
import { classifyFailure, type FailureContext } from './classify-failure.ts';
import type { ModelCall } from './model-call.ts';
import { untilAborted } from './wait.ts';

/** What one attempt reports while it goes. */
export interface AttemptWriter {
  /** Fires when the attempt has to end. */
  readonly signal: AbortSignal;
  /** Text came. */
  readonly write: (text: string) => void;
  /** A thought came. */
  readonly think: (text: string) => void;
  /** A part of the reply came, a thought or text: the model is alive. */
  readonly touch: () => void;
  /** Bytes came, if only a keep-alive: the server is alive. */
  readonly alive: () => void;
}

/** Makes one attempt over some transport: writes text as it comes and resolves to how it ended, or throws whatever its library throws. */
export type Transport = (
  request: ModelRequest,
  writer: AttemptWriter,
) => Promise<Pick<ModelReply, 'finishReason'> & Partial<Pick<ModelReply, 'usage'>>>;

/** What every attempt over a transport needs. */
export interface AttemptOptions extends Omit<FailureContext, 'now'> {
  /** Where time comes from. */
  readonly clock: Clock;
  /** The longest silence, in milliseconds; 0 = any. */
  readonly stallMs: number;
  /**
   * Whether the server may answer one call after the other, so that its queue is no silence.
   * @defaultValue false
   */
  readonly queues?: boolean | undefined;
  /** The price of a usage. */
  readonly priceOf: (usage: ModelReply['usage']) => number | null;
}

/** The longest reply, in characters: many times what a model can write, and little enough to be held, parsed and kept. */
const mostCharacters = 16_000_000;

/** A call that makes one attempt: watched for silence, its failure classified, its tokens counted either way. */
export function attemptOf(transport: Transport, options: AttemptOptions): ModelCall {
  const { clock, stallMs, queues, model, priceOf } = options;
  return async (request, context) => {
    context.signal.throwIfAborted();
    using guard = new AttemptGuard({ clock, signal: context.signal, stallMs, queues, deadlineAt: Infinity, model });
    const { signal } = guard;
    let written = '';
    let thought = '';
    const visible = new ReasoningFilter();
    const show = (text: string): void => {
      if (text !== '') context.delta?.(text);
    };
    let over: ModelError | undefined;
    const fits = (chunk: string): boolean => {
      if (written.length + thought.length + chunk.length <= mostCharacters) return true;
      over ??= tooLong(model);
      guard.end(over);
      return false;
    };
    const writer: AttemptWriter = {
      signal,
      touch: () => guard.touch(),
      alive: () => guard.alive(),
      think: (chunk) => {
        if (fits(chunk)) thought += chunk;
      },
      write: (chunk) => {
        guard.touch();
        // What a transport still says after its end is nobody's.
        if (signal.aborted) return;
        if (!fits(chunk)) return;
        written += chunk;
        show(visible.push(chunk));
      },
    };
    try {
      const { finishReason, usage = usageFromTexts(request, written + thought) } = await untilAborted(
        transport(request, writer),
        signal,
      );
      // A transport that never waits is over before its signal is heard.
      if (over !== undefined) throw over;
      show(visible.end());
      const { text, reasoning } = cleanReply(written);
      const thoughts = `${thought}${reasoning}`;
      if (finishReason === 'stop' && text.trim() === '') throw empty(model, usage);
      return {
        text,
        finishReason,
        usage,
        costUsd: priceOf(usage),
        attempts: 1,
        ...(thoughts === '' ? {} : { reasoning: thoughts }),
      };
    } catch (error) {
      if (context.signal.aborted) throw context.signal.reason;
      const failure = classifyFailure(signal.aborted ? signal.reason : error, { ...options, now: clock.now() });
      // The provider counted what it had written before it broke.
      throw failure.usage === undefined && written + thought !== ''
        ? withUsage(failure, usageFromTexts(request, written + thought))
        : failure;
    }
  };
}

function tooLong(model: string): ModelError {
  return new ModelError(
    'ERR_ORC_MODEL_OUTPUT',
    `Expected a reply of ${model} of at most ${mostCharacters} characters, got more`,
    { retryable: false, hint: 'Ask for less at once, or give the phase `maxOutputTokens`.' },
  );
}

function empty(model: string, usage: ModelReply['usage']): ModelError {
  return new ModelError('ERR_ORC_MODEL_OUTPUT', `The reply of ${model} is empty`, { retryable: true, usage });
}
