import { SchedulerError } from '../errors.ts';
import { reviveError, serializeError } from '../serialize-error.ts';
import type { SerializedError } from '../serialize-error.ts';
import type { Packed, PayloadStore } from './payload.ts';

/** What a job carries to a worker. */
export interface JobData {
  /** The version of this format. */
  readonly v: 1;
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
}

/** What a worker gives back. */
export interface JobReturn {
  /** The result. */
  readonly value: Packed;
  /** The worker's name. */
  readonly worker: string;
  /** The thread, when the task ran on one. */
  readonly threadId?: number | undefined;
}

/** What a worker tells while a job runs. */
export type JobReport =
  | { readonly k: 'progress'; readonly value: Packed }
  | { readonly k: 'cancelling'; readonly worker: string };

/** What a coordinator publishes to cancel a job that some worker holds. */
export interface CancelMessage {
  /** The job. */
  readonly jobId: string;
  /** Why. */
  readonly reason: SerializedError;
}

/** BullMQ keeps a text for a failure; this one holds the whole error. */
interface FailureText {
  readonly orc: 1;
  readonly worker: string;
  /** Set when a coordinator cancelled it: another one that waits for the same task sends it again. */
  readonly cancelled?: true;
  readonly error: Packed;
}

/** Packs an error into the failure that BullMQ stores. */
export async function packFailure(
  thrown: unknown,
  how: { readonly worker: string; readonly cancelled: boolean },
  payloads: PayloadStore,
  key: string,
): Promise<Error> {
  const serialized = serializeError(thrown);
  const { worker, cancelled } = how;
  const error = await payloads.pack(serialized, key);
  const record: FailureText = { orc: 1, worker, ...(cancelled ? { cancelled } : {}), error };
  const failure = new Error(JSON.stringify(record));
  failure.stack = serialized.stack ?? serialized.message;
  return failure;
}

/** Undoes {@link packFailure}, and explains the failures that BullMQ makes itself. */
export async function unpackFailure(text: string, payloads: PayloadStore): Promise<unknown> {
  const record = parseFailure(text);
  if (record !== undefined) return reviveError((await payloads.unpack(record.error)) as SerializedError);
  if (text.includes('stalled more than allowable limit')) {
    return new SchedulerError(
      'ERR_SCHEDULER_REMOTE',
      'The task lost its worker too many times: each one died, or was too busy to renew its hold',
    );
  }
  return new SchedulerError('ERR_SCHEDULER_REMOTE', `The task failed on the queue: ${text}`);
}

function parseFailure(text: string): FailureText | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(text) as Partial<FailureText>;
    return record.orc === 1 && record.error !== undefined ? (record as FailureText) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a failure is a coordinator's cancellation. */
export function isCancellation(text: string): boolean {
  return parseFailure(text)?.cancelled === true;
}
