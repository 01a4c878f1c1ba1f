import type { Clock } from '../clock.ts';
import type { TaskRunner } from '../runner.ts';
import type { TaskHandle } from '../task.ts';
import type { BrokerConnection } from './connection.ts';
import type { RemoteWorkerInfo } from './presence.ts';
import type { RemotePreset, RemoteTimings } from './preset.ts';

/** Something that a {@link RemoteRunner} noticed. */
export type RemoteEvent =
  /** Redis has not answered for `brokerLostMs`; all who waited are rejected. */
  | { readonly type: 'broker-lost'; readonly address: string; readonly waiting: number }
  /** Redis answers again. */
  | { readonly type: 'broker-back'; readonly address: string }
  /** A task was no longer in Redis, or another coordinator had cancelled it: it was sent again. */
  | { readonly type: 'task-resent'; readonly id: string }
  /** An answer in Redis was not a worker's: it was not taken, and the task was sent again. */
  | { readonly type: 'answer-refused'; readonly id: string }
  /** A worker has heard that its task is cancelled. */
  | { readonly type: 'task-cancelling'; readonly jobId: string; readonly worker: string }
  /** No living worker has known a task for `noWorkerMs`; its caller is rejected. */
  | {
      readonly type: 'worker-missing';
      readonly queue: string;
      readonly task: string;
      readonly workers: number;
      readonly silentMs: number;
    }
  /** Tasks wait, and all living workers of the queue have another `secret`, or one has none and the other side does. Said once. */
  | { readonly type: 'worker-unusable'; readonly queue: string };

/** Options of `remoteRunner`. */
export interface RemoteRunnerOptions {
  /** Where Redis is. */
  readonly connection: BrokerConnection;
  /** The queue: workers serve it by this name. @defaultValue `'tasks'` */
  readonly queue?: string | undefined;
  /** What the keys in Redis start with. @defaultValue `'orc'` */
  readonly prefix?: string | undefined;
  /** How fast a loss is noticed; the workers' preset should be the same. @defaultValue `'default'` */
  readonly preset?: RemotePreset | Partial<RemoteTimings> | undefined;
  /** Names for task handles: the workers serve the same modules by these names. A request may name its task directly instead. */
  readonly tasks?: Readonly<Record<string, TaskHandle>> | undefined;
  /** Bytes of an input that travel in the job's record; larger ones are stored beside it. @defaultValue 262144 */
  readonly inlineBytes?: number | undefined;
  /**
   * A secret of 16 characters or more, the same on all machines: jobs and results are signed with it (HMAC-SHA-256), and what is not
   * signed with it is not taken. @defaultValue none: whoever can write to Redis can give work and answers
   */
  readonly secret?: string | undefined;
  /** The most bytes of one input or result. @defaultValue 67108864 (64 MB) */
  readonly maxBytes?: number | undefined;
  /** Milliseconds for which results and payloads stay in Redis. @defaultValue 86400000 (a day) */
  readonly keepMs?: number | undefined;
  /** Milliseconds to reach Redis at the start. @defaultValue 2000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds for which a task waits while no living worker knows it; 0 waits for ever. @defaultValue 30000 */
  readonly noWorkerMs?: number | undefined;
  /** Told what the runner notices. */
  readonly onEvent?: ((event: RemoteEvent) => void) | undefined;
  /** Time. @defaultValue the real one */
  readonly clock?: Clock | undefined;
}

/** Runs tasks on other machines, through Redis. */
export interface RemoteRunner extends TaskRunner, AsyncDisposable {
  /** The queue. */
  readonly queue: string;
  /**
   * Connects, which the first `run` does by itself otherwise.
   *
   * @throws ERR_SCHEDULER_BROKER when Redis can't be reached within `connectTimeoutMs`.
   */
  ready(): Promise<void>;
  /**
   * The workers that serve the queue, have lately said so and have the same `secret`; with `group` those that announce themselves in
   * that group, whatever their queue.
   */
  listWorkers(options?: { readonly group?: string | undefined }): Promise<readonly RemoteWorkerInfo[]>;
}
