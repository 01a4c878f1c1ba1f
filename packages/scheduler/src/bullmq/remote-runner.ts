import { AbortRegistry } from '../abort-registry.ts';
import type { Abortable } from '../abort-registry.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { SchedulerError } from '../errors.ts';
import { duration, wholeNumber } from '../expected.ts';
import type { CloseOptions, TaskRequest, TaskResult, TaskRunOptions } from '../runner.ts';
import { cancelJob } from './cancel-job.ts';
import type { Cancellation } from './cancel-job.ts';
import { settledWithin } from './connection.ts';
import { openLink } from './coordinator-link.ts';
import type { CoordinatorLink } from './coordinator-link.ts';
import { CoordinatorWatch } from './coordinator-watch.ts';
import { Delivery } from './delivery.ts';
import { JobSeal } from './job-seal.ts';
import { listWorkers } from './presence.ts';
import type { RemoteWorkerInfo, WorkerList } from './presence.ts';
import { resolveTimings } from './preset.ts';
import type { RemoteTimings } from './preset.ts';
import { jobIdOf, queueKeys } from './queue-keys.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { RemoteRunner, RemoteRunnerOptions } from './remote-options.ts';
import { signerOf } from './signature.ts';
import type { Signer } from './signature.ts';
import { nameOfTask } from './task-name.ts';
import { WaitingList } from './waiting.ts';
import type { Waiting } from './waiting.ts';

/**
 * Makes a runner whose tasks run where {@link serve} runs. A task's `id` is the memo key: an id that has finished is
 * answered from its record, one that is under way is waited for, one that failed is run again.
 *
 * @throws ERR_SCHEDULER_OPTION when an option is not usable.
 */
export function remoteRunner(options: RemoteRunnerOptions): RemoteRunner {
  return new BullmqRunner(options);
}

class BullmqRunner implements RemoteRunner {
  readonly name = 'remote';
  readonly queue: string;
  readonly #options: RemoteRunnerOptions;
  readonly #timings: RemoteTimings;
  readonly #keys: QueueKeys;
  readonly #signer: Signer | undefined;
  readonly #seal: JobSeal;
  readonly #clock: Clock;
  readonly #watch: CoordinatorWatch;
  readonly #delivery: Delivery;
  readonly #aborts = new AbortRegistry();
  readonly #waiting = new WaitingList();
  readonly #cancels = new Map<string, Cancellation>();
  #link: Promise<CoordinatorLink> | undefined;
  #opened: CoordinatorLink | undefined;
  #closing: Promise<void> | undefined;
  /** Ends the wait of a closing runner. */
  #idle: (() => void) | undefined;
  readonly #deadlines: unknown[] = [];
  #saidUnusable = false;

  constructor(options: RemoteRunnerOptions) {
    const { queue = 'tasks', prefix = 'orc', noWorkerMs = 30_000, keepMs = 86_400_000 } = options;
    this.#options = { ...options };
    this.#signer = signerOf(options.secret);
    this.#keys = queueKeys(queue, prefix, this.#signer?.id);
    this.#seal = new JobSeal(this.#signer, `${prefix}:${this.#keys.broker}`, Date.now);
    this.queue = queue;
    this.#timings = resolveTimings(options.preset);
    this.#clock = options.clock ?? systemClock;
    this.#delivery = new Delivery({
      keys: this.#keys,
      seal: this.#seal,
      keepMs: wholeNumber('keepMs', keepMs, 1),
      waiting: this.#waiting,
      cancels: this.#cancels,
      connect: () => this.#connectForTask(),
      opened: () => this.#opened,
      onEvent: options.onEvent,
    });
    this.#watch = new CoordinatorWatch({
      clock: this.#clock,
      timings: this.#timings,
      keys: this.#keys,
      signer: this.#signer,
      noWorkerMs: duration('noWorkerMs', noWorkerMs),
      waiting: this.#waiting,
      onStanding: (jobId, standing) => this.#delivery.standing(jobId, standing),
      onLost: (link) => this.#rejectAll(link),
      onBack: ({ broker }) => options.onEvent?.({ type: 'broker-back', address: broker.address }),
      onNoWorker: (waiting, silentMs, workers) => this.#missWorker(waiting, silentMs, workers),
      onUnusable: (link) => this.#sayUnusable(link),
    });
    wholeNumber('inlineBytes', options.inlineBytes ?? 0, 0);
    duration('connectTimeoutMs', options.connectTimeoutMs ?? 0);
    wholeNumber('maxBytes', options.maxBytes ?? 1, 1);
  }

  async ready(): Promise<void> {
    await this.#connect();
  }

  async listWorkers({ group }: { readonly group?: string | undefined } = {}): Promise<readonly RemoteWorkerInfo[]> {
    const { broker } = await this.#connect();
    const keys = group === undefined ? this.#keys : queueKeys(group, this.#keys.prefix);
    return (await listWorkers(broker.client, keys, this.#signer)).usable;
  }

  async run(request: TaskRequest, { signal }: TaskRunOptions = {}): Promise<TaskResult> {
    signal?.throwIfAborted();
    this.#refuseWhenClosed();
    const task = nameOfTask(request.task, this.#options.tasks);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        request,
        task,
        jobId: jobIdOf(request.id),
        content: '',
        since: this.#clock.now(),
        submitted: false,
        resubmitted: 0,
        resolve: (result) => this.#end(waiting, target, signal, () => resolve(result)),
        reject: (error) => this.#end(waiting, target, signal, () => reject(error)),
      };
      const target = {
        abort: (reason: unknown): void => {
          this.#waiting.remove(waiting);
          if (this.#waiting.of(waiting.jobId).length === 0) this.#cancel(waiting.jobId, reason);
          waiting.reject(reason);
        },
      };
      if (signal !== undefined) this.#aborts.add(signal, target);
      this.#waiting.add(waiting);
      this.#delivery.submit(waiting);
    });
  }

  close(options: CloseOptions = {}): Promise<void> {
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) duration('timeoutMs', timeoutMs);
    this.#closing ??= this.#close();
    if (timeoutMs !== undefined && this.#idle !== undefined)
      this.#deadlines.push(this.#clock.setTimeout(() => this.#idle?.(), timeoutMs));
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(waiting: Waiting, target: Abortable, signal: AbortSignal | undefined, settle: () => void): void {
    if (signal !== undefined) this.#aborts.remove(signal, target);
    this.#waiting.remove(waiting);
    settle();
    if (this.#waiting.size === 0) {
      this.#watch.stop();
      this.#idle?.();
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined)
      throw new SchedulerError('ERR_SCHEDULER_CLOSED', `The remote runner of queue ${this.queue} is closed`);
  }

  async #connect(): Promise<CoordinatorLink> {
    const { connection, connectTimeoutMs = 2000 } = this.#options;
    const { inlineBytes = 262_144, maxBytes = 67_108_864, keepMs = 86_400_000 } = this.#options;
    if (this.#link === undefined) this.#refuseWhenClosed();
    this.#link ??= openLink(
      { connection, keys: this.#keys, connectTimeoutMs, inlineBytes, maxBytes, keepMs },
      this.#delivery,
    );
    try {
      this.#opened = await this.#link;
      return this.#opened;
    } catch (error) {
      // The next attempt may find Redis.
      this.#link = undefined;
      throw error;
    }
  }

  async #connectForTask(): Promise<CoordinatorLink> {
    const link = await this.#connect();
    this.#watch.start(link);
    if (this.#watch.lost && link.broker.client.status !== 'ready') throw this.#brokerLost(link);
    return link;
  }

  #cancel(jobId: string, reason: unknown): void {
    const link = this.#opened;
    if (link === undefined || this.#cancels.has(jobId)) return;
    const { wake, done } = cancelJob(link, jobId, reason, {
      keys: this.#keys,
      seal: this.#seal,
      timings: this.#timings,
      clock: this.#clock,
    });
    this.#cancels.set(jobId, { wake, done: done.finally(() => this.#cancels.delete(jobId)) });
  }

  #rejectAll(link: CoordinatorLink): void {
    const everybody = this.#waiting.all();
    this.#options.onEvent?.({ type: 'broker-lost', address: link.broker.address, waiting: everybody.length });
    for (const waiting of everybody) waiting.reject(this.#brokerLost(link));
  }

  #missWorker(waiting: Waiting, silentMs: number, { usable, unusable }: WorkerList): void {
    const { queue } = this;
    const workers = usable.length;
    this.#options.onEvent?.({ type: 'worker-missing', queue, task: waiting.task, workers, silentMs });
    const who =
      workers > 0
        ? `None of the ${String(workers)} workers of queue ${queue} knows task ${waiting.task}`
        : `No worker serves queue ${queue}`;
    const others = unusable === 0 ? '' : ` (${String(unusable)} ${this.#whyUnusable()})`;
    const error = new SchedulerError(
      'ERR_SCHEDULER_TASK_UNKNOWN',
      `${who}${others}, for ${String(Math.round(silentMs))} ms now. Start one that knows it, or run the task here`,
    );
    waiting.reject(error);
    this.#cancel(waiting.jobId, error);
  }

  #whyUnusable(): string {
    return this.#signer === undefined
      ? 'there have a `secret`, and take only jobs that are signed with it'
      : 'there have another `secret`, or none';
  }

  /** Tells it here, and to the workers. */
  #sayUnusable(link: CoordinatorLink): void {
    if (this.#saidUnusable) return;
    this.#saidUnusable = true;
    this.#options.onEvent?.({ type: 'worker-unusable', queue: this.queue });
    const told = link.broker.client.publish(this.#keys.notices, JSON.stringify({ secretId: this.#signer?.id ?? null }));
    told.catch(() => undefined);
  }

  #brokerLost(link: CoordinatorLink): SchedulerError {
    return new SchedulerError(
      'ERR_SCHEDULER_BROKER_LOST',
      `Redis at ${link.broker.address} has not answered for ${String(this.#timings.brokerLostMs / 1000)} s. What has finished stays recorded there`,
    );
  }

  async #close(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    this.#idle = undefined;
    for (const timer of this.#deadlines) this.#clock.clearTimeout(timer);
    const closed = new SchedulerError(
      'ERR_SCHEDULER_CLOSED',
      `The remote runner of queue ${this.queue} was closed while the task ran`,
    );
    for (const waiting of this.#waiting.all()) {
      waiting.reject(closed);
      this.#cancel(waiting.jobId, closed);
    }
    await settledWithin(2 * this.#timings.pollMs, Promise.all([...this.#cancels.values()].map(({ done }) => done)));
    const link = await this.#link?.catch(() => undefined);
    await link?.close();
  }
}
