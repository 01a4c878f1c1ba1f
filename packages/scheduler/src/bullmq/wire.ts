import { SchedulerError } from '../errors.ts';
import { reviveError, serializeError } from '../serialize-error.ts';
import type { SerializedError } from '../serialize-error.ts';
import { readError, readFailure } from './messages.ts';
import type { Packed, PayloadStore } from './payload.ts';
import type { RemoteWorkerInfo } from './presence.ts';
import type { JobSeal } from './job-seal.ts';

/** What a job carries to a worker. */
export interface JobData {
  /** The version of this format. */
  readonly v: 2;
  /** The task's id. */
  readonly id: string;
  /** The input. */
  readonly input: Packed;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Milliseconds that it may take once it runs. */
  readonly timeoutMs?: number | undefined;
  /** Whether the coordinator that sent it wants to hear of progress. */
  readonly progress: boolean;
  /** Until when a signed job may start, in milliseconds since 1970. */
  readonly until?: number | undefined;
  /** The signature of all that, of the queue, the job and the task. */
  readonly mac?: string | undefined;
}

/** What a worker gives back. */
export interface JobReturn {
  /** The result. */
  readonly value: Packed;
  /** The worker's name. */
  readonly worker: string;
  /** The thread, when the task ran on one. */
  readonly threadId?: number | undefined;
  /** The signature of all that, and of the job and its input. */
  readonly mac?: string | undefined;
}

/** What a worker tells while a job runs. */
export type JobReport =
  | { readonly k: 'progress'; readonly count: number; readonly value: Packed; readonly mac?: string | undefined }
  | { readonly k: 'cancelling'; readonly worker: string; readonly mac?: string | undefined };

/** What a coordinator publishes to cancel a job that some worker holds. */
export interface CancelMessage {
  /** The job. */
  readonly jobId: string;
  /** Why. */
  readonly reason: SerializedError;
  /** The signature of both. */
  readonly mac?: string | undefined;
}

/** What a worker says of itself, as it stands in Redis. */
export interface SignedWorkerInfo {
  /** What it says. */
  readonly info: RemoteWorkerInfo;
  /** Names the secret that it signs with. */
  readonly secretId?: string | undefined;
  /** The signature. */
  readonly mac?: string | undefined;
}

/** BullMQ keeps a text for a failure; this one holds the whole error. */
export interface FailureText {
  readonly orc: 1;
  readonly worker: string;
  /**
   * `cancelled`: a coordinator cancelled it, and another one that waits for the same task sends it again. `refused`: the worker did not run it.
   */
  readonly ended?: 'cancelled' | 'refused' | undefined;
  readonly error: Packed;
  /** The signature of all that, and of the job and its input. */
  readonly mac?: string | undefined;
}

/** The job that a failure belongs to. */
export interface FailedJob {
  /** The job. */
  readonly jobId: string;
  /** Its task. */
  readonly task: string;
  /** What its input holds. */
  readonly content: string;
  /** Where a large error stands. */
  readonly key: string;
}

/** Packs an error into the failure that BullMQ stores. */
export async function packFailure(
  thrown: unknown,
  how: Pick<FailureText, 'worker' | 'ended'>,
  job: FailedJob,
  { payloads, seal }: { readonly payloads: PayloadStore; readonly seal: JobSeal },
): Promise<Error> {
  const serialized = serializeError(thrown);
  const error = await payloads.pack(serialized, job.key);
  const { worker, ended } = how;
  const record = seal.failure(job, { orc: 1, worker, error, ...(ended === undefined ? {} : { ended }) });
  const failure = new Error(JSON.stringify(record));
  failure.stack = serialized.stack ?? serialized.message;
  return failure;
}

/** The error in a worker's failure. */
export async function unpackFailure(failure: FailureText, payloads: PayloadStore, key: string): Promise<unknown> {
  return revive(readError(await payloads.unpack(failure.error, key)));
}

/** The error that a failure of BullMQ's own making stands for. */
export function queueFailure(text: string): SchedulerError {
  if (text.includes('stalled more than allowable limit')) {
    return new SchedulerError(
      'ERR_SCHEDULER_REMOTE',
      'The task lost its worker too many times: each one died, or was too busy to renew its hold',
    );
  }
  return new SchedulerError('ERR_SCHEDULER_REMOTE', `The task failed on the queue: ${text.slice(0, 1000)}`);
}

/** An error that came through Redis. What its fields hold may be anything. */
export function revive(serialized: SerializedError | undefined): unknown {
  try {
    if (serialized !== undefined) return reviveError(serialized);
  } catch {
    // Said below.
  }
  return new SchedulerError('ERR_SCHEDULER_REMOTE', 'The task failed, with an error that can not be read');
}

/** Whether a failure is a coordinator's cancellation. */
export function isCancellation(text: string): boolean {
  return readFailure(text)?.ended === 'cancelled';
}
