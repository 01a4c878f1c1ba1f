import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { availableCores } from '../cores.ts';
import { SchedulerError } from '../errors.ts';
import { duration, expected, wholeNumber } from '../expected.ts';
import type { CloseOptions } from '../runner.ts';
import { Scheduler } from '../scheduler.ts';
import { isTaskHandle } from '../task.ts';
import type { TaskFunction, TaskHandle } from '../task.ts';
import { downFor, openBroker, settledWithin } from './connection.ts';
import type { BrokerConnection } from './connection.ts';
import { JobHandler } from './job-handler.ts';
import { JobSeal } from './job-seal.ts';
import { parseJson, readCancel } from './messages.ts';
import { payloadStore } from './payload.ts';
import { announce } from './presence.ts';
import type { Presence, RemoteWorkerInfo } from './presence.ts';
import { resolveTimings } from './preset.ts';
import type { RemotePreset, RemoteTimings } from './preset.ts';
import { queueKeys } from './queue-keys.ts';
import type { ServeEvent } from './serve-event.ts';
import { signerOf } from './signature.ts';
import { TaskWorker } from './task-worker.ts';
import { revive } from './wire.ts';

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Where Redis is. */
  readonly connection: BrokerConnection;
  /** The queue. Coordinators name the same. @defaultValue `'tasks'` */
  readonly queue?: string | undefined;
  /** What the keys in Redis start with. @defaultValue `'orc'` */
  readonly prefix?: string | undefined;
  /** How fast a loss is noticed; the same for all workers of a queue. @defaultValue `'default'` */
  readonly preset?: RemotePreset | Partial<RemoteTimings> | undefined;
  /** Tasks at once. @defaultValue cores × 2 */
  readonly concurrency?: number | undefined;
  /** Runs the tasks, handles on its threads. It stays open at `close`. @defaultValue one of its own, with `concurrency` workers */
  readonly scheduler?: Scheduler | undefined;
  /** Names this worker; must be unique. @defaultValue host, process and a random part */
  readonly name?: string | undefined;
  /**
   * A secret of 16 characters or more, the same on all machines: only jobs that are signed with it are run, and results are signed with
   * it. @defaultValue none: whoever can write to Redis can give work
   */
  readonly secret?: string | undefined;
  /** The most bytes of one input or result. @defaultValue 67108864 (64 MB) */
  readonly maxBytes?: number | undefined;
  /**
   * Says why the worker does not take a task for now; `undefined` when it does. Asked before each job, which then goes back to the queue, and
   * before each sign of life, which then does not name the task. @defaultValue it takes all of its tasks
   */
  readonly refuses?: ((task: string) => string | undefined) | undefined;
  /** A group of workers in which this one announces itself besides, with a text of its own; coordinators list it by that name. @defaultValue none */
  readonly group?:
    | {
        /** Its name. */
        readonly name: string;
        /** What a coordinator is told of it. */
        readonly about: () => string;
      }
    | undefined;
  /** Bytes of a result that travel in the job's record; larger ones are stored beside it. @defaultValue 262144 */
  readonly inlineBytes?: number | undefined;
  /** Milliseconds for which stored results stay. @defaultValue 86400000 (a day) */
  readonly keepMs?: number | undefined;
  /** Milliseconds to reach Redis at the start. @defaultValue 2000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Told what the worker notices. */
  readonly onEvent?: ((event: ServeEvent) => void) | undefined;
}

/** A worker of a queue. */
export interface TaskServer extends AsyncDisposable {
  /** Its name; results carry it. */
  readonly name: string;
  /** The queue. */
  readonly queue: string;
  /** How many tasks it is running. */
  readonly running: number;
  /**
   * Takes nothing more, and lets what runs end. After `timeoutMs` the rest is aborted and given back to the queue, where other workers
   * find it. Idempotent; a second call with a timeout shortens the first. Call it on SIGTERM.
   */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * Serves tasks to coordinators. Functions run on this event loop, handles on worker threads, so that the hold on a task is
 * renewed while it computes. A task that has no entry here is left to the other workers of the queue.
 *
 * @throws ERR_SCHEDULER_BROKER when Redis can't be reached within `connectTimeoutMs` · ERR_SCHEDULER_OPTION · ERR_SCHEDULER_TASK
 */
export async function serve(
  tasks: Readonly<Record<string, TaskFunction | TaskHandle>>,
  options: ServeOptions,
): Promise<TaskServer> {
  const known = checkTasks(tasks);
  const {
    queue = 'tasks',
    prefix = 'orc',
    inlineBytes = 262_144,
    maxBytes = 67_108_864,
    keepMs = 86_400_000,
    connectTimeoutMs = 2000,
    onEvent,
  } = options;
  const signer = signerOf(options.secret);
  const keys = queueKeys(queue, prefix, signer?.id);
  const seal = new JobSeal(signer, `${prefix}:${keys.broker}`, Date.now);
  const timings = resolveTimings(options.preset);
  const concurrency = wholeNumber('concurrency', options.concurrency ?? availableCores() * 2, 1);
  wholeNumber('inlineBytes', inlineBytes, 0);
  wholeNumber('maxBytes', maxBytes, 1);
  wholeNumber('keepMs', keepMs, 1);
  duration('connectTimeoutMs', connectTimeoutMs);
  const name = options.name ?? `${hostname()}-${String(process.pid)}-${randomUUID().slice(0, 8)}`;

  const broker = await openBroker(options.connection, connectTimeoutMs);
  const { client, address } = broker;
  const scheduler = options.scheduler ?? new Scheduler({ maxWorkers: concurrency });
  const handler = new JobHandler({
    name,
    tasks: known,
    scheduler,
    keys,
    seal,
    payloads: payloadStore(client, { inlineBytes, maxBytes, keepMs }),
    refuses: options.refuses,
    onEvent,
  });
  const worker = new TaskWorker(keys.broker, (job, token, signal) => handler.handle(job, token ?? '', signal), {
    connection: client,
    prefix,
    skipVersionCheck: true,
    name,
    concurrency,
    lockDuration: timings.lockMs,
    stalledInterval: timings.stalledMs,
    maxStalledCount: timings.maxStalled,
    // How long a finished job's record waits for a Redis that is away.
    runRetryDelay: 1000,
    drainDelay: 2,
  });
  worker.on('error', (error) => onEvent?.({ type: 'broker-error', error }));
  worker.on('stalled', (jobId) => onEvent?.({ type: 'task-stalled', jobId }));
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) {
      onEvent?.({ type: 'hold-lost', jobId });
      handler.abort(
        jobId,
        new SchedulerError(
          'ERR_SCHEDULER_REMOTE',
          `Worker ${name} lost its hold on the task; another one takes it over`,
        ),
      );
    }
  });
  const subscriber = client.duplicate();
  subscriber.on('error', (error: unknown) => onEvent?.({ type: 'broker-error', error }));
  subscriber.on('message', (channel, text) => {
    if (channel === keys.notices) {
      const wanted = (parseJson(text) as { readonly secretId?: unknown } | null | undefined)?.secretId;
      if ((wanted === null || typeof wanted === 'string') && wanted !== (signer?.id ?? null))
        onEvent?.({ type: 'coordinator-unusable', queue, signs: wanted !== null });
      return;
    }
    const message = readCancel(text);
    if (message !== undefined && seal.isCancel(message)) handler.cancel(message.jobId, revive(message.reason));
  });
  await subscriber.subscribe(keys.cancel, keys.notices);
  const describe = (): RemoteWorkerInfo => ({
    name,
    host: hostname(),
    pid: process.pid,
    tasks: Object.keys(known).filter((task) => options.refuses?.(task) === undefined),
    concurrency,
    running: handler.running,
  });
  const { group } = options;
  const announcements = [{ keys, describe }];
  if (group !== undefined)
    announcements.push({
      keys: queueKeys(group.name, prefix),
      describe: () => ({ ...describe(), about: group.about() }),
    });
  const presences: Presence[] = [];
  for (const one of announcements)
    presences.push(await announce({ ...one, client, signer, intervalMs: timings.heartbeatMs }));
  await worker.waitUntilReady();

  const over = new AbortController();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    // First of all, and in this very turn: a task that ends meanwhile must not bring the next one.
    const closed = worker.close();
    closed.catch(() => undefined);
    await settledWithin(1000, Promise.all(presences.map((presence) => presence.stop())));
    // Without Redis no task can be recorded or given back; the other workers find out by themselves.
    await Promise.race([handler.drained(), handler.gaveUp, downFor(client, timings.brokerLostMs, over.signal)]);
    over.abort();
    await worker.closedWithin(client.status === 'ready' ? 5000 : 100, closed);
    if (options.scheduler === undefined) await scheduler.close({ timeoutMs: 0 });
    subscriber.disconnect();
    broker.end();
  };
  const closeOnce = (closeOptions: CloseOptions = {}): Promise<void> => {
    closing ??= close();
    if (closeOptions.timeoutMs !== undefined) handler.giveBackAfter(closeOptions.timeoutMs, address);
    return closing;
  };
  return {
    name,
    queue,
    get running() {
      return handler.running;
    },
    close: closeOnce,
    [Symbol.asyncDispose]: () => closeOnce(),
  };
}

function checkTasks(
  tasks: Readonly<Record<string, TaskFunction | TaskHandle>>,
): Readonly<Record<string, TaskFunction | TaskHandle>> {
  for (const [name, task] of Object.entries(tasks)) {
    if (typeof task !== 'function' && !isTaskHandle(task))
      throw expected(`tasks.${name}`, 'a function or a task handle', task, 'ERR_SCHEDULER_TASK');
  }
  return { ...tasks };
}
