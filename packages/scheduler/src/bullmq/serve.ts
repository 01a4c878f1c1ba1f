import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { availableCores } from '../cores.ts';
import { SchedulerError } from '../errors.ts';
import { duration, expected, wholeNumber } from '../expected.ts';
import type { CloseOptions } from '../runner.ts';
import { Scheduler } from '../scheduler.ts';
import { reviveError } from '../serialize-error.ts';
import { isTaskHandle } from '../task.ts';
import type { TaskFunction, TaskHandle } from '../task.ts';
import { downFor, openBroker, settledWithin } from './connection.ts';
import type { BrokerConnection } from './connection.ts';
import { JobHandler } from './job-handler.ts';
import { payloadStore } from './payload.ts';
import { announce } from './presence.ts';
import { resolveTimings } from './preset.ts';
import type { RemotePreset, RemoteTimings } from './preset.ts';
import { queueKeys } from './queue-keys.ts';
import { TaskWorker } from './task-worker.ts';
import type { CancelMessage } from './wire.ts';

/** Something that a {@link TaskServer} noticed. */
export type ServeEvent =
  /** A task begins. */
  | { readonly type: 'task-start'; readonly id: string; readonly task: string; readonly attempt: number }
  /** A task has ended; `returned` went back to the queue, because the worker closes. */
  | {
      readonly type: 'task-end';
      readonly id: string;
      readonly task: string;
      readonly status: 'fulfilled' | 'failed' | 'returned';
      readonly error?: unknown;
    }
  /** A task that this worker does not know was left to the others. */
  | { readonly type: 'task-unknown'; readonly id: string; readonly task: string }
  /** This worker has found a task whose worker is gone, and put it back into the queue. */
  | { readonly type: 'task-stalled'; readonly jobId: string }
  /** This worker could not renew its hold in time; its run of the task is aborted. */
  | { readonly type: 'hold-lost'; readonly jobId: string }
  /** The connection has trouble; it is taken up again by itself. */
  | { readonly type: 'broker-error'; readonly error: unknown };

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
    keepMs = 86_400_000,
    connectTimeoutMs = 2000,
    onEvent,
  } = options;
  const keys = queueKeys(queue, prefix);
  const timings = resolveTimings(options.preset);
  const concurrency = wholeNumber('concurrency', options.concurrency ?? availableCores() * 2, 1);
  wholeNumber('inlineBytes', inlineBytes, 0);
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
    payloads: payloadStore(client, inlineBytes, keepMs),
    onEvent,
  });
  const worker = new TaskWorker(queue, (job, token, signal) => handler.handle(job, token ?? '', signal), {
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
  subscriber.on('message', (_channel, text) => {
    const { jobId, reason } = JSON.parse(text) as CancelMessage;
    handler.cancel(jobId, reviveError(reason));
  });
  await subscriber.subscribe(keys.cancel);
  const info = { name, host: hostname(), pid: process.pid, tasks: Object.keys(known), concurrency };
  const presence = await announce(client, keys, timings.heartbeatMs, () => ({ ...info, running: handler.running }));
  await worker.waitUntilReady();

  const over = new AbortController();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    // First of all, and in this very turn: a task that ends meanwhile must not bring the next one.
    const closed = worker.close();
    closed.catch(() => undefined);
    await settledWithin(1000, presence.stop());
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
