import { isSchedulerError } from '@orc/scheduler';
import type { SchedulerErrorCode } from '@orc/scheduler';

import { OrcError, isOrcError } from '../errors.ts';
import type { OrcErrorCode } from '../errors.ts';
import { RemotePhaseFailure } from '../run/remote-port.ts';
import { readUsage } from './phase-messages.ts';

const transport: Partial<Record<SchedulerErrorCode, { readonly code: OrcErrorCode; readonly retryable: boolean }>> = {
  ERR_SCHEDULER_BROKER: { code: 'ERR_ORC_BROKER', retryable: false },
  ERR_SCHEDULER_BROKER_LOST: { code: 'ERR_ORC_BROKER', retryable: false },
  // No living worker can execute it: as good as no broker.
  ERR_SCHEDULER_TASK_UNKNOWN: { code: 'ERR_ORC_BROKER', retryable: false },
  // Somebody else answers in the workers' place: as good as no broker.
  ERR_SCHEDULER_UNTRUSTED: { code: 'ERR_ORC_BROKER', retryable: false },
  ERR_SCHEDULER_REMOTE: { code: 'ERR_ORC_REMOTE', retryable: true },
  // What can not travel, or may not be done elsewhere, is done by the coordinator.
  ERR_SCHEDULER_PAYLOAD: { code: 'ERR_ORC_REFUSED', retryable: false },
  ERR_SCHEDULER_REFUSED: { code: 'ERR_ORC_REFUSED', retryable: false },
  ERR_SCHEDULER_CLOSED: { code: 'ERR_ORC_CLOSED', retryable: false },
};

/** The phase's own error as it was; the transport's as one of ours. */
export function toOrcError(error: unknown): unknown {
  if (!isSchedulerError(error)) return revive(error);
  const ours = transport[error.code];
  return ours === undefined
    ? error
    : new OrcError(ours.code, error.message, { cause: error, retryable: ours.retryable });
}

/** An error of this package that came through Redis has its name and fields, but not its class. */
function revive(error: unknown): unknown {
  if (!(error instanceof Error) || isOrcError(error)) return error;
  if (error.name === 'RemotePhaseFailure')
    return new RemotePhaseFailure(revive(error.cause), readUsage((error as { readonly used?: unknown }).used));
  if (error.name !== 'OrcError') return error;
  const { code, hint, phase, task, retryable } = error as Error & {
    readonly code?: OrcErrorCode;
    readonly hint?: string;
    readonly phase?: string;
    readonly task?: string;
    readonly retryable?: boolean;
  };
  const revived = new OrcError(code ?? 'ERR_ORC_PHASE_FAILED', error.message, {
    cause: revive(error.cause),
    hint,
    phase,
    task,
    retryable,
  });
  revived.stack = error.stack ?? '';
  return revived;
}
