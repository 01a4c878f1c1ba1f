import { SchedulerError } from '@orc/scheduler';

import { OrcError } from '../errors.ts';

/** A job that no worker may do, whatever its coordinator says: the coordinator does it itself. */
export function refused(why: string, cause?: unknown): OrcError {
  return new OrcError('ERR_ORC_REFUSED', why, {
    cause,
    retryable: false,
    hint: 'Run the same version of orc on all machines; phases that read files stay with the coordinator.',
  });
}

/** A job that this worker does not do, and another one may: it goes back to the queue. */
export function givenBack(why: string, cause?: unknown): SchedulerError {
  return new SchedulerError('ERR_SCHEDULER_REFUSED', why, { cause });
}
