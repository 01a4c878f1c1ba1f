import { DelayedError, WaitingError } from 'bullmq';
import type { Job } from 'bullmq';

import { inlineRunner } from '../inline-runner.ts';
import type { TaskRunner } from '../runner.ts';
import type { Scheduler } from '../scheduler.ts';
import { isTaskHandle } from '../task.ts';
import type { TaskFunction, TaskHandle } from '../task.ts';
import { threadRunner } from '../thread-runner.ts';
import type { PayloadStore } from './payload.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { ServeEvent } from './serve.ts';
import { packFailure } from './wire.ts';
import type { JobData, JobReport, JobReturn } from './wire.ts';

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
  /** Large values. */
  readonly payloads: PayloadStore;
  /** Told what happens. */
  readonly onEvent?: ((event: ServeEvent) => void) | undefined;
}

/** How long a task of which this worker knows nothing rests before the next worker may look at it. */
const unknownRestMs = 500;

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
    const { tasks, onEvent } = this.#options;
    const jobId = job.id ?? '';
    const data = job.data as JobData;
    const task = Object.hasOwn(tasks, job.name) ? tasks[job.name] : undefined;
    if (task === undefined || data.v !== 1) {
      onEvent?.({ type: 'task-unknown', id: data.id, task: job.name });
      await job.moveToDelayed(Date.now() + unknownRestMs, token);
      throw new DelayedError();
    }
    const controller = new AbortController();
    const onHold = (): void => controller.abort(held?.reason);
    held?.addEventListener('abort', onHold, { once: true });
    this.#running.set(jobId, controller);
    onEvent?.({ type: 'task-start', id: data.id, task: job.name, attempt: data.attempt });
    try {
      const returned = await this.#execute(job, data, task, controller.signal);
      onEvent?.({ type: 'task-end', id: data.id, task: job.name, status: 'fulfilled' });
      return returned;
    } catch (error) {
      if (this.#givenBack.has(jobId)) {
        onEvent?.({ type: 'task-end', id: data.id, task: job.name, status: 'returned' });
        await job.moveToWait(token);
        throw new WaitingError();
      }
      onEvent?.({ type: 'task-end', id: data.id, task: job.name, status: 'failed', error });
      const cancelled = this.#cancelled.has(jobId);
      throw await packFailure(
        error,
        { worker: this.#options.name, cancelled },
        this.#options.payloads,
        this.#options.keys.payload(jobId, 'error'),
      );
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

  async #execute(job: Job, data: JobData, task: TaskFunction | TaskHandle, signal: AbortSignal): Promise<JobReturn> {
    const { name, keys, payloads } = this.#options;
    const jobId = job.id ?? '';
    // Reports leave one after the other, so that a coordinator sees them in order, and all of them before the result.
    let reports: Promise<unknown> = Promise.resolve();
    let count = 0;
    const report = (make: () => Promise<JobReport>): void => {
      reports = reports.then(async () => job.updateProgress({ ...(await make()) })).catch(() => undefined);
    };
    const onAbort = (): void => report(() => Promise.resolve({ k: 'cancelling', worker: name }));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const input = await payloads.unpack(data.input);
      const runner = isTaskHandle(task) ? this.#threads : this.#inline;
      const onProgress = (progress: unknown): void => {
        count += 1;
        const key = keys.payload(jobId, `progress-${String(count)}`);
        report(async () => ({ k: 'progress', value: await payloads.pack(progress, key) }));
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
