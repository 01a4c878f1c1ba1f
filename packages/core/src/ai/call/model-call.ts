import type { CallBudget, ModelReply, ModelRequest } from '../model-client.ts';

/** A wait between two attempts. */
export interface RetryNotice {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** The wait, in milliseconds. */
  readonly delayMs: number;
  /** Why. */
  readonly error: unknown;
}

/** What accompanies a call through the layers. */
export interface CallContext {
  /** Ends the call; it rejects with exactly `signal.reason`. */
  readonly signal: AbortSignal;
  /** What each attempt must fit into. */
  readonly budget?: CallBudget | undefined;
  /** Receives the text as it is written; `undefined` where nobody reads it. After a retry it starts again from the beginning. */
  readonly delta: ((text: string) => void) | undefined;
  /** Told before each wait between attempts. */
  readonly onRetry: (retry: RetryNotice) => void;
  /** When the call has to be over, in milliseconds since the epoch. */
  readonly deadlineAt: number;
}

/** One call to a model: resolves to its whole reply. What a {@link ModelClient} does, as one function, so that layers are functions too. */
export type ModelCall = (request: ModelRequest, context: CallContext) => Promise<ModelReply>;

/** Adds one concern (retry, limits, budget, …) around a call. */
export type ModelLayer = (next: ModelCall) => ModelCall;

/** Puts layers around a call; the first one is the outermost. */
export function layered(call: ModelCall, layers: readonly ModelLayer[]): ModelCall {
  return layers.toReversed().reduce((inner, layer) => layer(inner), call);
}
