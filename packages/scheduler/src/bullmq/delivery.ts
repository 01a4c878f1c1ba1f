import { SchedulerError, isSchedulerError } from '../errors.ts';
import type { Cancellation } from './cancel-job.ts';
import { refusal } from './connection.ts';
import type { CoordinatorLink, JobStanding } from './coordinator-link.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { RemoteEvent } from './remote-options.ts';
import type { Waiting, WaitingList } from './waiting.ts';
import { isCancellation, unpackFailure } from './wire.ts';
import type { JobData, JobReport, JobReturn } from './wire.ts';

/** What a {@link Delivery} works with. */
export interface DeliveryOptions {
  /** The queue's names. */
  readonly keys: QueueKeys;
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

  /** A job has ended well. */
  completed(jobId: string, value: unknown): void {
    this.#options.cancels.get(jobId)?.wake();
    for (const waiting of this.#options.waiting.of(jobId)) {
      void this.#deliverOrResend(waiting, value);
    }
  }

  /** A failure that was told may be one of an earlier run of this id, which has been sent again since. */
  failed(jobId: string): void {
    this.#failedNow(jobId).catch(() => undefined);
  }

  /** A worker tells something about a job. */
  report(jobId: string, report: JobReport): void {
    if (report.k === 'cancelling') {
      this.#options.onEvent?.({ type: 'task-cancelling', jobId, worker: report.worker });
      return;
    }
    const link = this.#options.opened();
    for (const waiting of this.#options.waiting.of(jobId)) {
      const { onProgress } = waiting.request;
      if (onProgress === undefined || link === undefined) continue;
      link.payloads
        .unpack(report.value)
        .then(onProgress)
        .catch(() => undefined);
    }
  }

  /** A job's standing was seen. */
  standing(jobId: string, standing: JobStanding): void {
    if (standing.state === 'completed') this.completed(jobId, standing.value);
    else if (standing.state === 'failed') this.#failed(jobId, standing.reason);
    else if (standing.state === 'missing') for (const waiting of this.#options.waiting.of(jobId)) this.#resend(waiting);
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
      if (isCancellation(reason)) this.#resend(waiting);
      else void this.#fail(waiting, reason);
    }
  }

  async #submit(waiting: Waiting): Promise<void> {
    const { cancels, keys } = this.#options;
    const link = await this.#options.connect();
    const { jobId, request } = waiting;
    await cancels.get(jobId)?.done;
    if (!this.#isWaiting(waiting)) return;
    const data: JobData = {
      v: 1,
      id: request.id,
      input: await link.payloads.pack(request.input, keys.payload(jobId, 'in')),
      attempt: request.attempt ?? 1,
      progress: request.onProgress !== undefined,
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    };
    if (!this.#isWaiting(waiting)) return;
    const add = (): Promise<void> => link.add(jobId, waiting.task, data, request.priority ?? 0);
    // Both go out together, this order kept: the standing is the one before.
    const [before] = await Promise.all([link.standing(jobId), add()]);
    if (before.state === 'completed' && (await this.#deliver(waiting, before.value))) return;
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

  /** Hands a result over; false when its payload is no longer there. */
  async #deliver(waiting: Waiting, value: unknown): Promise<boolean> {
    const link = this.#options.opened();
    const returned = value as JobReturn;
    if (link === undefined) return false;
    try {
      const result = await link.payloads.unpack(returned.value);
      const { worker, threadId } = returned;
      waiting.resolve({ value: result, worker, ...(threadId === undefined ? {} : { threadId }) });
    } catch (error) {
      if (isSchedulerError(error) && error.code === 'ERR_SCHEDULER_PAYLOAD') return false;
      waiting.reject(error);
    }
    return true;
  }

  async #deliverOrResend(waiting: Waiting, value: unknown): Promise<void> {
    if (!(await this.#deliver(waiting, value))) this.#resend(waiting);
  }

  async #fail(waiting: Waiting, reason: string): Promise<void> {
    const link = this.#options.opened();
    if (link === undefined) return;
    waiting.reject(await unpackFailure(reason, link.payloads).catch((error: unknown) => error));
  }

  #resend(waiting: Waiting): void {
    if (!this.#isWaiting(waiting)) return;
    if (waiting.resubmitted >= resendLimit) {
      waiting.reject(
        new SchedulerError(
          'ERR_SCHEDULER_REMOTE',
          `Task ${waiting.request.id} vanished from queue ${this.#options.keys.queue} ${String(resendLimit + 1)} times: Redis lost it, or somebody removed it`,
        ),
      );
      return;
    }
    waiting.resubmitted += 1;
    waiting.submitted = false;
    this.#options.onEvent?.({ type: 'task-resent', id: waiting.request.id });
    this.submit(waiting);
  }
}
