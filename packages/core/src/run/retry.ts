import type { Phase, PhaseRetry } from '../pipeline/phase.ts';
import { isOrcError, type OrcErrorCode } from '../errors.ts';

/** How often and how long apart a phase is tried. */
export type RetryPolicy = Required<{ [Name in keyof PhaseRetry]: NonNullable<PhaseRetry[Name]> }>;

const defaults = { backoffMs: 250, maxBackoffMs: 30_000, factor: 2 };

/** The policy of a phase: its own, else `maxRetries` more attempts for what talks to the world, one attempt for the rest. */
export function retryPolicy(phase: Phase, maxRetries: number): RetryPolicy {
  const own = phase.definition.retry;
  const outside = phase.kind === 'llm' || phase.kind === 'io';
  return {
    attempts: own?.attempts ?? (outside ? maxRetries + 1 : 1),
    backoffMs: own?.backoffMs ?? defaults.backoffMs,
    maxBackoffMs: own?.maxBackoffMs ?? defaults.maxBackoffMs,
    factor: own?.factor ?? defaults.factor,
  };
}

/** The wait before the attempt after `attempt`, in milliseconds: grown, bounded, and spread over its upper half. */
export function backoff(policy: RetryPolicy, attempt: number, random: () => number): number {
  const full = Math.min(policy.maxBackoffMs, policy.backoffMs * policy.factor ** (attempt - 1));
  return Math.round(full * (0.5 + random() / 2));
}

/**
 * Whether trying again may help. An error can say so itself (`retryable`, `isRetryable`). What a client has tried again by
 * itself until it gave up (`attempts`) is not repeated, but for a reply that came and could not be used.
 */
export function mayHelp(error: unknown): boolean {
  const { retryable, isRetryable, name, attempts } = (error ?? {}) as {
    retryable?: unknown;
    isRetryable?: unknown;
    name?: unknown;
    attempts?: unknown;
  };
  if (typeof attempts === 'number' && isOrcError(error) && !wasUnusable(error)) return false;
  if (typeof retryable === 'boolean') return retryable;
  if (typeof isRetryable === 'boolean') return isRetryable;
  if (name === 'AbortError') return false;
  if (isOrcError(error)) return error.code === 'ERR_ORC_PHASE_FAILED' || error.code === 'ERR_ORC_TIMEOUT';
  return true;
}

/** The attempts that an error stands for: those that a client made before it gave up, else one. */
export function attemptsOf(error: unknown): number {
  const { attempts } = (error ?? {}) as { attempts?: unknown };
  return typeof attempts === 'number' && attempts >= 1 ? attempts : 1;
}

const unusable: readonly OrcErrorCode[] = [
  'ERR_ORC_OUTPUT_INVALID',
  'ERR_ORC_OUTPUT_NOT_JSON',
  'ERR_ORC_MODEL_OUTPUT',
  'ERR_ORC_MODEL_TRUNCATED',
  'ERR_ORC_MODEL_FILTERED',
];

/** Whether a reply came and could not be used, so that the same one again would be of no use either. */
export function wasUnusable(error: unknown): boolean {
  return isOrcError(error) && unusable.includes(error.code);
}
