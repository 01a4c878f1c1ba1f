import { SchedulerError, isSchedulerError } from '../errors.ts';
import type { Cancellation } from './cancel-job.ts';
import { refusal } from './connection.ts';
import type { CoordinatorLink, JobStanding } from './coordinator-link.ts';
import type { JobSeal, SealedJob } from './job-seal.ts';
import { readFailure, readJobReturn } from './messages.ts';
import { contentOf } from './payload.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { RemoteEvent } from './remote-options.ts';
import type { Waiting, WaitingList } from './waiting.ts';
import { isCancellation, queueFailure, unpackFailure } from './wire.ts';
import type { JobReport } from './wire.ts';

/** What a {@link Delivery} works with. */
export interface DeliveryOptions {
  /** The queue's names. */
  readonly keys: QueueKeys;
  /** Signs what is sent, and checks what comes. */
  readonly seal: JobSeal;
  /** Milliseconds for which results stay in Redis. */
  readonly keepMs: number;
  /** Who waits. */
  readonly waiting: WaitingList;
  /** The cancellations under way, by job. */
  readonly cancels: ReadonlyMap<string, Cancellation>;
  /** The connection, ready for a task; rejects when Redis is away. */
  readonly connect: () => Promise<CoordinatorLink>;
  /** The connection, once there is one. */
  readonly opened: () => CoordinatorLink | undefined;
  /** Told what happens. */
  readonly onEvent: ((event: RemoteEvent) => void) | undefined;
}

const resendLimit = 3;

/** Brings tasks to the queue, and what became of them back to those who wait. */
export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Sends a task, unless its job has ended already; rejects the one who waits when that fails. */
  submit(waiting: Waiting): void {
    this.#submit(waiting).catch((error: unknown) => {
      const { address = '' } = this.#options.opened()?.broker ?? {};
      waiting.reject(refusal(error, address));
    });
  }

  /** It is told that a job has ended well. Anybody who can write to Redis can tell that: only what the job's record says is sent again. */
  completed(jobId: string, value: unknown): void {
    this.#options.cancels.get(jobId)?.wake();
    for (const waiting of this.#options.waiting.of(jobId)) void this.#deliverOrLook(waiting, value);
  }

  /** A failure that was told may be one of an earlier run of this id, which has been sent again since. */
  failed(jobId: string): void {
    this.#failedNow(jobId).catch(() => undefined);
  }

  /** A worker tells something about a job. */
  report(jobId: string, report: JobReport): void {
    const { keys, seal } = this.#options;
    if (!isTrue(() => seal.isReport(jobId, report))) return;
    if (report.k === 'cancelling') {
      this.#options.onEvent?.({ type: 'task-cancelling', jobId, worker: report.worker });
      return;
    }
    const link = this.#options.opened();
    for (const waiting of this.#options.waiting.of(jobId)) {
      const { onProgress } = waiting.request;
      if (onProgress === undefined || link === undefined) continue;
      link.payloads
        .unpack(report.value, keys.payload(jobId, `progress-${String(report.count)}`))
        .then(onProgress)
        .catch(() => undefined);
    }
  }

  /** A job's standing was seen. */
  standing(jobId: string, standing: JobStanding): void {
    if (standing.state === 'completed') {
      this.#options.cancels.get(jobId)?.wake();
      for (const waiting of this.#options.waiting.of(jobId)) void this.#deliverOrResend(waiting, standing.value);
    }
    if (standing.state === 'failed') this.#failed(jobId, standing.reason);
    if (standing.state === 'missing') for (const waiting of this.#options.waiting.of(jobId)) this.#resend(waiting);
  }

  async #failedNow(jobId: string): Promise<void> {
    if (this.#options.cancels.has(jobId) || this.#options.waiting.of(jobId).length === 0)
      return this.#failed(jobId, '');
    const standing = await this.#options.opened()?.standing(jobId);
    if (standing?.state === 'failed') this.#failed(jobId, standing.reason);
  }

  #failed(jobId: string, reason: string): void {
    const cancelled = this.#options.cancels.get(jobId);
    if (cancelled !== undefined) {
      cancelled.wake();
      // A caller that came after the abort waits for its own run, not for the end of the cancelled one.
      return;
    }
    for (const waiting of this.#options.waiting.of(jobId)) {
      if (!waiting.submitted) continue;
      // Another coordinator's cancellation is not this one's.
      if (isCancellation(reason)) this.#resend(waiting, 'cancelled');
      else void this.#fail(waiting, reason);
    }
  }

  async #submit(waiting: Waiting): Promise<void> {
    const { cancels, keys, seal, keepMs } = this.#options;
    const link = await this.#options.connect();
    const { jobId, request, task } = waiting;
    await cancels.get(jobId)?.done;
    if (!this.#isWaiting(waiting)) return;
    const input = await link.payloads.pack(request.input, keys.payload(jobId, 'in'));
    if (seal.signs) waiting.content = contentOf(input);
    const data = seal.job(
      jobId,
      task,
      {
        v: 2,
        id: request.id,
        input,
        attempt: request.attempt ?? 1,
        progress: request.onProgress !== undefined,
        ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
      },
      keepMs,
    );
    if (!this.#isWaiting(waiting)) return;
    const add = (): Promise<void> => link.add(jobId, task, data, request.priority ?? 0);
    // Both go out together, this order kept: the standing is the one before.
    const [before] = await Promise.all([link.standing(jobId), add()]);
    if (before.state === 'completed' && (await this.#deliver(waiting, before.value)) === 'done') return;
    if (before.state === 'completed' || before.state === 'failed') {
      await link.remove(jobId);
      if (!this.#isWaiting(waiting)) return;
      await add();
    }
    waiting.submitted = true;
  }

  #isWaiting(waiting: Waiting): boolean {
    return this.#options.waiting.of(waiting.jobId).includes(waiting);
  }

  /** Hands a result over, if it is one: `gone` when its payload is no longer there, `untrusted` when no worker gave it. */
  async #deliver(waiting: Waiting, value: unknown): Promise<'done' | 'gone' | 'untrusted'> {
    const { keys, seal } = this.#options;
    const link = this.#options.opened();
    if (link === undefined) return 'gone';
    const returned = readJobReturn(value);
    if (returned === undefined || !isTrue(() => seal.isResult(sealedJob(waiting), returned))) return 'untrusted';
    try {
      const result = await link.payloads.unpack(returned.value, keys.payload(waiting.jobId, 'out'));
      const { worker, threadId } = returned;
      waiting.resolve({ value: result, worker, ...(threadId === undefined ? {} : { threadId }) });
    } catch (error) {
      if (isSchedulerError(error) && error.code === 'ERR_SCHEDULER_PAYLOAD') return 'gone';
      waiting.reject(error);
    }
    return 'done';
  }

  async #deliverOrLook(waiting: Waiting, value: unknown): Promise<void> {
    const { jobId } = waiting;
    if ((await this.#deliver(waiting, value)) === 'done' || !this.#isWaiting(waiting)) return;
    const standing = await this.#options
      .opened()
      ?.standing(jobId)
      .catch(() => undefined);
    if (standing?.state === 'completed' && waiting.submitted) await this.#deliverOrResend(waiting, standing.value);
  }

  async #deliverOrResend(waiting: Waiting, value: unknown): Promise<void> {
    const delivered = await this.#deliver(waiting, value);
    if (delivered !== 'done') this.#resend(waiting, delivered);
  }

  async #fail(waiting: Waiting, reason: string): Promise<void> {
    const { keys, seal } = this.#options;
    const link = this.#options.opened();
    if (link === undefined) return;
    const failure = readFailure(reason);
    if (failure === undefined) {
      // Only BullMQ's own word for a task whose workers died may come without a signature.
      if (seal.signs && !isStall(reason)) return this.#resend(waiting, 'untrusted');
      return waiting.reject(queueFailure(reason));
    }
    if (!isTrue(() => seal.isFailure(sealedJob(waiting), failure))) return this.#resend(waiting, 'untrusted');
    const key = keys.payload(waiting.jobId, 'error');
    const error = await unpackFailure(failure, link.payloads, key).catch((problem: unknown) => problem);
    if (failure.ended !== 'refused') return waiting.reject(error);
    const why = error instanceof Error ? error.message : String(error);
    waiting.reject(
      new SchedulerError('ERR_SCHEDULER_REFUSED', `Worker ${failure.worker} refused the task: ${why}`, {
        cause: error,
      }),
    );
  }

  #resend(waiting: Waiting, why: 'gone' | 'untrusted' | 'cancelled' = 'gone'): void {
    if (!this.#isWaiting(waiting) || !waiting.submitted) return;
    if (waiting.resubmitted >= resendLimit) {
      const { id } = waiting.request;
      const times = `${String(resendLimit + 1)} times`;
      const { queue } = this.#options.keys;
      waiting.reject(
        why === 'untrusted'
          ? new SchedulerError(
              'ERR_SCHEDULER_UNTRUSTED',
              `Task ${id} came back ${times} with an answer that no worker of queue ${queue} ${
                this.#options.seal.signs ? 'has signed' : 'gives'
              }: somebody else writes to Redis`,
            )
          : new SchedulerError(
              'ERR_SCHEDULER_REMOTE',
              `Task ${id} vanished from queue ${queue} ${times}: Redis lost it, or somebody removed it`,
            ),
      );
      return;
    }
    waiting.resubmitted += 1;
    waiting.submitted = false;
    if (why === 'untrusted') this.#options.onEvent?.({ type: 'answer-refused', id: waiting.request.id });
    this.#options.onEvent?.({ type: 'task-resent', id: waiting.request.id });
    this.submit(waiting);
  }
}

function sealedJob({ jobId, task, content }: Waiting): SealedJob {
  return { jobId, task, content };
}

function isStall(reason: string): boolean {
  return reason.includes('stalled more than allowable limit');
}

// What can't be digested is as good as wrongly signed.
function isTrue(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
