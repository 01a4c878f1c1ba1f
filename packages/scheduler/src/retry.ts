import { callback, duration, expected, knownMembers, optionsObject, wholeNumber } from './expected.ts';
import { isPromiseLike, whenRejected } from './promise-like.ts';

/** How often and how soon a failed task is tried again. An aborted task never is. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt. @defaultValue 0 */
  readonly backoffMs?: number | undefined;
  /** The longest wait, in milliseconds. @defaultValue 30000 */
  readonly maxBackoffMs?: number | undefined;
  /** What each wait is multiplied by. @defaultValue 2 */
  readonly factor?: number | undefined;
  /** The part of each wait that is random, 0 to 1: 1 spreads it over the whole wait. @defaultValue 0.5 */
  readonly jitter?: number | undefined;
  /** Whether this error is worth another attempt; it answers at once, not with a promise. @defaultValue every error is */
  readonly retryable?: ((error: unknown) => boolean) | undefined;
}

const known: ReadonlySet<string> = new Set<keyof RetryPolicy>([
  'attempts',
  'backoffMs',
  'maxBackoffMs',
  'factor',
  'jitter',
  'retryable',
]);

/** Checks a policy once, before anything runs. */
export function checkRetry(policy: RetryPolicy | undefined): void {
  if (policy === undefined) return;
  optionsObject('retry', policy);
  knownMembers('`retry`', policy, known);
  wholeNumber('retry.attempts', policy.attempts, 1);
  duration('retry.backoffMs', policy.backoffMs ?? 0);
  duration('retry.maxBackoffMs', policy.maxBackoffMs ?? 0);
  callback('retry.retryable', policy.retryable);
  const { factor = 1, jitter = 0 } = policy;
  if (!(factor >= 1)) throw expected('retry.factor', 'a number >= 1', factor);
  if (!(jitter >= 0 && jitter <= 1)) throw expected('retry.jitter', 'a number from 0 to 1', jitter);
}

/** The wait before the next attempt, or `undefined` when there is none. */
export function nextAttemptIn(
  policy: RetryPolicy | undefined,
  attempt: number,
  error: unknown,
  random: () => number,
): number | undefined {
  if (policy === undefined || attempt >= policy.attempts || !isRetryable(policy, error)) return undefined;
  const { backoffMs = 0, maxBackoffMs = 30_000, factor = 2, jitter = 0.5 } = policy;
  const wait = Math.min(maxBackoffMs, backoffMs * factor ** (attempt - 1));
  return wait * (1 - jitter * random());
}

function isRetryable(policy: RetryPolicy, error: unknown): boolean {
  const answer: unknown = policy.retryable?.(error);
  if (!isPromiseLike(answer)) return answer !== false;
  whenRejected(answer, () => undefined);
  throw expected('retry.retryable', 'a function that answers true or false at once', answer);
}
