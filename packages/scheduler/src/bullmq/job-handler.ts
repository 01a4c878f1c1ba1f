import { DelayedError, WaitingError } from 'bullmq';
import type { Job } from 'bullmq';

import { SchedulerError, isSchedulerError } from '../errors.ts';
import { inlineRunner } from '../inline-runner.ts';
import type { TaskRunner } from '../runner.ts';
import type { Scheduler } from '../scheduler.ts';
import { isTaskHandle } from '../task.ts';
import type { TaskFunction, TaskHandle } from '../task.ts';
import { threadRunner } from '../thread-runner.ts';
import type { JobSeal } from './job-seal.ts';
import { readJobData } from './messages.ts';
import { contentOf } from './payload.ts';
import type { PayloadStore } from './payload.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { ServeEvent } from './serve-event.ts';
import { packFailure } from './wire.ts';
import type { FailedJob, FailureText, JobData, JobReport, JobReturn } from './wire.ts';

/** What a {@link JobHandler} works with. */
export interface JobHandlerOptions {
  /** The worker's name. */
  readonly name: string;
  /** What it can run. */
  readonly tasks: Readonly<Record<string, TaskFunction | TaskHandle>>;
  /** Where it runs it. */
  readonly scheduler: Scheduler;
  /** The queue's names. */
  readonly keys: QueueKeys;
  /** Checks what comes, and signs what is given back. */
  readonly seal: JobSeal;
  /** Large values. */
  readonly payloads: PayloadStore;
  /** Says why a task is not taken for now. */
  readonly refuses?: ((task: string) => string | undefined) | undefined;
  /** Told what happens. */
  readonly onEvent?: ((event: ServeEvent) => void) | undefined;
}

/** How long a task that this worker does not take rests before the next worker may look at it. */
const restMs = 500;

/** How many times workers may begin a job and give it back before its coordinator hears that it was refused. */
const mostStarts = 20;

/** How long giving the tasks back may take. */
const giveBackMs = 2000;

/** Runs one worker's jobs. */
export class JobHandler {
  readonly #options: JobHandlerOptions;
  readonly #running = new Map<string, AbortController>();
  readonly #givenBack = new Set<string>();
  readonly #cancelled = new Set<string>();
  /** Resolves when what was aborted at the deadline has not come to an end either. */
  readonly gaveUp: Promise<void>;
  #giveUp!: () => void;
  readonly #inline: TaskRunner;
  readonly #threads: TaskRunner;
  #onDrained: (() => void)[] = [];
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: JobHandlerOptions) {
    this.#options = options;
    const entries = Object.entries(options.tasks);
    this.#inline = inlineRunner(Object.fromEntries(entries.filter(([, task]) => !isTaskHandle(task))));
    this.#threads = threadRunner(
      options.scheduler,
      Object.fromEntries(entries.filter((entry): entry is [string, TaskHandle] => isTaskHandle(entry[1]))),
    );
    this.gaveUp = new Promise((resolve) => (this.#giveUp = resolve));
  }

  /** How many jobs run. */
  get running(): number {
    return this.#running.size;
  }

  /** Aborts a job because its coordinator says so, when this worker has it. */
  cancel(jobId: string, reason: unknown): void {
    if (this.#running.has(jobId)) this.#cancelled.add(jobId);
    this.abort(jobId, reason);
  }

  /** Aborts a job, when this worker has it. */
  abort(jobId: string, reason: unknown): void {
    this.#running.get(jobId)?.abort(reason);
  }

  /** Resolves when nothing runs any more. */
  drained(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  /** Aborts what still runs after a while and gives it back to the queue. */
  giveBackAfter(milliseconds: number, address: string): void {
    clearTimeout(this.#deadline);
    if (this.#running.size === 0) return;
    this.#deadline = setTimeout(() => {
      for (const [jobId, controller] of this.#running) {
        this.#givenBack.add(jobId);
        controller.abort(
          new DOMException(`The worker is closing; the task goes back to the queue at ${address}`, 'AbortError'),
        );
      }
      this.#deadline = setTimeout(this.#giveUp, giveBackMs);
    }, milliseconds);
  }

  /** Runs one job, as BullMQ's processor. */
  async handle(job: Job, token: string, held: AbortSignal | undefined): Promise<JobReturn> {
    const { tasks, keys, seal, refuses, onEvent } = this.#options;
    const jobId = job.id ?? '';
    const { name } = job;
    const data = readJobData(job.data);
    const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
    const id = data?.id ?? jobId;
    // Another version's jobs are for that version's workers.
    if (task === undefined || isOtherVersion(job.data)) {
      onEvent?.({ type: 'task-unknown', id, task: name });
      return this.#rest(job, token);
    }
    const key = keys.payload(jobId, 'error');
    const problem = data === undefined ? 'it is not in the form of a job' : problemOf(seal, jobId, name, data);
    if (data === undefined || problem !== undefined) {
      const reason = problem ?? '';
      onEvent?.({ type: 'task-refused', id, task: name, reason });
      throw await this.#failure({ jobId, task: name, content: '', key }, refused(reason), 'refused');
    }
    const reason = refuses?.(name);
    if (reason !== undefined) {
      onEvent?.({ type: 'task-returned', id, task: name, reason });
      return this.#rest(job, token);
    }
    const sealed: FailedJob = { jobId, task: name, content: seal.signs ? contentOf(data.input) : '', key };
    const controller = new AbortController();
    const onHold = (): void => controller.abort(held?.reason);
    held?.addEventListener('abort', onHold, { once: true });
    this.#running.set(jobId, controller);
    onEvent?.({ type: 'task-start', id, task: name, attempt: data.attempt });
    try {
      const returned = await this.#execute(job, data, task, controller.signal);
      onEvent?.({ type: 'task-end', id, task: name, status: 'fulfilled' });
      return seal.result(sealed, returned);
    } catch (error) {
      if (this.#givenBack.has(jobId)) {
        onEvent?.({ type: 'task-end', id, task: name, status: 'returned' });
        await job.moveToWait(token);
        throw new WaitingError();
      }
      const gaveBack = isSchedulerError(error) && error.code === 'ERR_SCHEDULER_REFUSED';
      if (gaveBack && job.attemptsStarted < mostStarts) {
        onEvent?.({ type: 'task-end', id, task: name, status: 'returned' });
        onEvent?.({ type: 'task-returned', id, task: name, reason: error.message });
        return await this.#rest(job, token);
      }
      onEvent?.({ type: 'task-end', id, task: name, status: 'failed', error });
      const ended = gaveBack ? 'refused' : this.#cancelled.has(jobId) ? 'cancelled' : undefined;
      throw await this.#failure(sealed, error, ended);
    } finally {
      held?.removeEventListener('abort', onHold);
      this.#running.delete(jobId);
      this.#cancelled.delete(jobId);
      this.#givenBack.delete(jobId);
      if (this.#running.size === 0) {
        clearTimeout(this.#deadline);
        for (const resolve of this.#onDrained.splice(0)) resolve();
      }
    }
  }

  /** Leaves a job to the other workers. */
  async #rest(job: Job, token: string): Promise<never> {
    await job.moveToDelayed(Date.now() + restMs, token);
    throw new DelayedError();
  }

  #failure(job: FailedJob, error: unknown, ended: FailureText['ended']): Promise<Error> {
    const { name, payloads, seal } = this.#options;
    return packFailure(error, { worker: name, ended }, job, { payloads, seal });
  }

  async #execute(job: Job, data: JobData, task: TaskFunction | TaskHandle, signal: AbortSignal): Promise<JobReturn> {
    const { name, keys, payloads, seal } = this.#options;
    const jobId = job.id ?? '';
    // Reports leave one after the other, so that a coordinator sees them in order, and all of them before the result.
    let reports: Promise<unknown> = Promise.resolve();
    let count = 0;
    const report = (make: () => Promise<JobReport>): void => {
      reports = reports
        .then(async () => job.updateProgress({ ...seal.report(jobId, await make()) }))
        .catch(() => undefined);
    };
    const onAbort = (): void => report(() => Promise.resolve({ k: 'cancelling', worker: name }));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const input = await payloads.unpack(data.input, keys.payload(jobId, 'in'));
      const runner = isTaskHandle(task) ? this.#threads : this.#inline;
      const onProgress = (progress: unknown): void => {
        count += 1;
        const mine = count;
        const key = keys.payload(jobId, `progress-${String(mine)}`);
        report(async () => ({ k: 'progress', count: mine, value: await payloads.pack(progress, key) }));
      };
      const { id, attempt, timeoutMs } = data;
      const { value, threadId } = await runner.run(
        { id, task: job.name, input, attempt, timeoutMs, ...(data.progress ? { onProgress } : {}) },
        { signal },
      );
      const packed = await payloads.pack(value, keys.payload(jobId, 'out'));
      return { value: packed, worker: name, ...(threadId === undefined ? {} : { threadId }) };
    } finally {
      signal.removeEventListener('abort', onAbort);
      await reports;
    }
  }
}

/** Whether a job says that it is in the form of another version. */
function isOtherVersion(data: unknown): boolean {
  const { v } = (typeof data === 'object' && data !== null ? data : {}) as { readonly v?: unknown };
  return typeof v === 'number' && v !== 2;
}

function problemOf(seal: JobSeal, jobId: string, task: string, data: JobData): string | undefined {
  try {
    return seal.jobProblem(jobId, task, data);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function refused(reason: string): SchedulerError {
  return new SchedulerError('ERR_SCHEDULER_REFUSED', `The job must not run: ${reason}`);
}
