import { OrcError } from '../errors.ts';

/** Something that is waited for like a promise. */
interface Thenable {
  // oxlint-disable-next-line unicorn/no-thenable -- it describes one
  readonly then: (fulfilled?: () => void, rejected?: (error: unknown) => void) => unknown;
}

/** Whether a value is to be waited for: a promise, of whatever kind. */
export function isThenable(value: unknown): value is Thenable {
  const kind = typeof value;
  if (value === null || (kind !== 'object' && kind !== 'function')) return false;
  return typeof (value as { readonly then?: unknown }).then === 'function';
}

/** Looks after a promise that nobody will wait for: its rejection must not end the process. */
export function leave(value: unknown): void {
  if (!isThenable(value)) return;
  try {
    value.then(ignore, ignore);
  } catch {
    // A thenable of somebody else's may throw: so it has no rejection to look after.
  }
}

/**
 * The answer of a function of a definition that is asked for at once. A promise is always truthy: taken as an answer, it would be a "yes".
 *
 * @throws OrcError `ERR_ORC_PHASE_FAILED` for a promise.
 */
export function plainAnswer<T>(
  answer: T,
  member: string,
  of: { readonly phase?: string | undefined; readonly task?: string | undefined },
): T {
  if (!isThenable(answer)) return answer;
  leave(answer);
  const whose = of.phase === undefined ? 'the pipeline' : `phase \`${of.phase}\``;
  throw new OrcError('ERR_ORC_PHASE_FAILED', `Expected \`${member}\` of ${whose} to answer at once, got a promise`, {
    ...of,
    retryable: false,
    hint: `Take \`async\` away from \`${member}\`. What has to be waited for belongs into the \`run\` of a phase before it.`,
  });
}

function ignore(): void {
  // Nobody waits for it.
}
