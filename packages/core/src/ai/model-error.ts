import { OrcError, isOrcError, type OrcErrorCode, type OrcErrorOptions } from '../errors.ts';
import type { RequestParameter } from './call/request-parts.ts';
import type { ModelUsage } from './model-client.ts';

/** What a {@link ModelError} carries besides what every error carries. */
export interface ModelErrorOptions extends OrcErrorOptions {
  /** Tokens that the failed call cost all the same. */
  readonly usage?: ModelUsage | undefined;
  /** The text that came before it failed, or the reply that does not satisfy its schema. */
  readonly text?: string | undefined;
  /** The HTTP status, where there was one. */
  readonly status?: number | undefined;
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The parts of the request that the provider's words name. */
  readonly named?: readonly RequestParameter[] | undefined;
  /** The calls that were made to the provider, by a client that has tried again by itself. */
  readonly attempts?: number | undefined;
}

/** A call to a model that failed. Its message, hint and cause hold no key. */
export class ModelError extends OrcError {
  /** Tokens that the failed call cost all the same. */
  readonly usage: ModelUsage | undefined;
  /** The text that came before it failed, or the reply that does not satisfy its schema. Never a result. */
  readonly text: string | undefined;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The parts of the request that the provider's words name: what it may have refused. */
  readonly named: readonly RequestParameter[];
  /** The calls that were made to the provider until it was given up; `undefined` where nothing was tried again. */
  readonly attempts: number | undefined;

  /** Makes an error of a model call. */
  constructor(code: OrcErrorCode, message: string, options: ModelErrorOptions = {}) {
    super(code, message, options);
    this.usage = options.usage;
    this.text = options.text;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.named = options.named ?? [];
    this.attempts = options.attempts;
  }
}

/** The same error with other tokens and calls: those of all attempts. */
export function withUsage(
  error: ModelError,
  usage: ModelUsage,
  attempts: number | undefined = error.attempts,
): ModelError {
  const { code, message, hint, retryable, text, status, retryAfterMs, named, cause } = error;
  const options = { hint, retryable, text, status, retryAfterMs, named, attempts, cause, usage };
  const copy = new ModelError(code, message, options);
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}

/** Tells whether a value is a {@link ModelError}, by what it carries, so that another installed copy's counts too. */
export function isModelError(value: unknown): value is ModelError {
  return isOrcError(value) && 'retryAfterMs' in value;
}
