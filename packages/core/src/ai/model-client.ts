import type { JsonObject } from '@orc/cache';

/** A JSON Schema (draft 2020-12) that a structured reply must satisfy. */
export type JsonSchema = JsonObject;

/** Why a model stopped writing. Only `stop` is a whole reply. */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'error' | 'other';

/** What one call asks of a model. */
export interface ModelRequest {
  /** The instructions that stay the same from call to call; they come first, so that provider prompt caches hit. */
  readonly system?: string | undefined;
  /** What is asked this time. */
  readonly prompt: string;
  /** When set, the reply is one JSON value that satisfies this schema, and `ModelReply.object` holds it. */
  readonly schema?: JsonSchema | undefined;
  /** Sampling temperature. Providers clamp it to their own range. */
  readonly temperature?: number | undefined;
  /** Nucleus sampling mass, 0 to 1. */
  readonly topP?: number | undefined;
  /** The most tokens the reply may have; a reply that reaches it ends with `length`. */
  readonly maxOutputTokens?: number | undefined;
  /** Texts that end the reply. */
  readonly stop?: readonly string[] | undefined;
  /** Sampling seed, passed on where the provider knows one. */
  readonly seed?: number | undefined;
}

/** Tokens of one or more calls. */
export interface ModelUsage {
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  /** The part of the input that the provider served from its prompt cache. */
  readonly cachedInputTokens: number;
  /** Output tokens, reasoning included. */
  readonly outputTokens: number;
}

/** A finished call. */
export interface ModelReply {
  /** The text as written (for a structured call, its JSON). */
  readonly text: string;
  /** The parsed value of a structured call. */
  readonly object?: unknown;
  /** The model's thoughts, where it showed them. They are no part of the text. */
  readonly reasoning?: string | undefined;
  /** Why it ended. */
  readonly finishReason: FinishReason;
  /** Tokens of the call, all attempts included. */
  readonly usage: ModelUsage;
  /** US dollars of the call; `null` where no price is known. */
  readonly costUsd: number | null;
  /** Attempts it took, 1 or more. */
  readonly attempts: number;
}

/** A call that is being written. Iterate for the text as it arrives; `reply` settles when the call has ended. */
export interface ModelStream extends AsyncIterable<string> {
  /** The finished call. Rejects when the stream breaks: a partial text is never a reply. */
  readonly reply: Promise<ModelReply>;
}

/** What a call may cost, as far as that can be known before it is made. */
export interface ExpectedCall {
  /** The model: what is learnt of one model's calls says nothing of another's. */
  readonly model: string;
  /** What its input alone costs, in US dollars. */
  readonly leastUsd: number;
  /** The most that it can cost, in US dollars, where its reply is bounded. */
  readonly mostUsd?: number | undefined;
}

/** What is set aside for a call that runs. */
export interface Reservation {
  /**
   * Replaces what was set aside by what was spent, in US dollars; `null` where that is not known. Only the first call counts.
   * `replied: false` says that there was no reply, so that the amount tells nothing of others.
   */
  settle(
    spentUsd: number | null,
    of?: { readonly model?: string | undefined; readonly replied?: boolean | undefined },
  ): void;
}

/** Money that calls must fit into. */
export interface CallBudget {
  /** Sets aside what a call may cost. Rejects with `ERR_ORC_BUDGET` when it does not fit into what is left. */
  reserveCall(call: ExpectedCall, signal: AbortSignal): Promise<Reservation>;
}

/** What accompanies a call. */
export interface ModelCallOptions {
  /**
   * What the call must fit into. A client that tries again, or makes more than one call, sets each of them aside here; who calls a client
   * that does not know this has set the first one aside already.
   */
  readonly budget?: CallBudget | undefined;
  /** Ends the call; the call rejects with exactly `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Told before each wait between attempts. */
  readonly onRetry?:
    | ((retry: { readonly attempt: number; readonly delayMs: number; readonly error: unknown }) => void)
    | undefined;
}

/** What a model can do and costs. */
export interface ModelCapabilities {
  /** Whether a call leaves this machine. */
  readonly network: boolean;
  /** Whether calls cost money: `true`, `false`, or `unknown` where no price is known. */
  readonly priced: boolean | 'unknown';
}

/** A language model: the one port through which phases talk to one. */
export interface ModelClient {
  /** Its name, `provider/model`, without knobs. */
  readonly id: string;
  /** All that shapes a reply besides the request: provider, base URL, model, seed. Enters the phase key. Never holds a secret. */
  readonly identity: JsonObject;
  /** What it can do and costs. */
  readonly capabilities: ModelCapabilities;
  /** Makes a call and returns the whole reply. */
  generate(request: ModelRequest, options?: ModelCallOptions): Promise<ModelReply>;
  /** Makes a call and hands on the text while it is written. */
  stream(request: ModelRequest, options?: ModelCallOptions): ModelStream;
  /** The price of a usage in US dollars; `null` where no price is known. */
  priceOf(usage: ModelUsage): number | null;
}
