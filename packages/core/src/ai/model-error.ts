import { OrcError, isOrcError, type OrcErrorCode, type OrcErrorOptions } from '../errors.ts';
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

  /** Makes an error of a model call. */
  constructor(code: OrcErrorCode, message: string, options: ModelErrorOptions = {}) {
    super(code, message, options);
    this.usage = options.usage;
    this.text = options.text;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The same error with other tokens: those of all attempts. */
export function withUsage(error: ModelError, usage: ModelUsage): ModelError {
  const { code, message, hint, retryable, text, status, retryAfterMs, cause } = error;
  const copy = new ModelError(code, message, { hint, retryable, text, status, retryAfterMs, cause, usage });
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}

/** Tells whether a value is a {@link ModelError}, by what it carries, so that another installed copy's counts too. */
export function isModelError(value: unknown): value is ModelError {
  return isOrcError(value) && 'retryAfterMs' in value;
}
