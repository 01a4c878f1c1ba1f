import { isSchedulerError } from '@orc/scheduler';
import type { SchedulerErrorCode } from '@orc/scheduler';
import { remoteRunner } from '@orc/scheduler/bullmq';
import type { BrokerConnection, RemotePreset, RemoteRunner, RemoteTimings } from '@orc/scheduler/bullmq';

import type { ModelUsage } from '../ai/model-client.ts';
import { OrcError, isOrcError } from '../errors.ts';
import type { OrcErrorCode } from '../errors.ts';
import type {
  RemotePhaseProgress,
  RemotePhaseRequest,
  RemotePhaseResult,
  RemotePhaseRunner,
} from '../run/remote-port.ts';
import { defaultPrefix, filesQueue, queueOfPipeline, taskOfModel } from './queue-names.ts';

/** Options of {@link distributedPhaseRunner}. */
export interface DistributedOptions {
  /** Where Redis is: a `redis://` address, or ioredis options. */
  readonly connection: BrokerConnection;
  /** How fast a lost worker is noticed; the workers' preset should be the same. @defaultValue `'default'` */
  readonly preset?: RemotePreset | Partial<RemoteTimings> | undefined;
  /** What the keys in Redis start with. @defaultValue `'orc'` */
  readonly prefix?: string | undefined;
  /** Milliseconds for which results stay in Redis, so that a coordinator that was killed finds them again. @defaultValue 86400000 (a day) */
  readonly keepMs?: number | undefined;
  /** Milliseconds for which a task waits while no living worker can execute it; then the run goes on on this machine. @defaultValue 15000 */
  readonly noWorkerMs?: number | undefined;
  /** Milliseconds to reach Redis at the start. @defaultValue 2000 */
  readonly connectTimeoutMs?: number | undefined;
}

/** What a worker returns for a phase. */
export interface ExecutedPhase {
  /** The output, not yet validated. */
  readonly value: unknown;
  /** The worker thread. */
  readonly threadId?: number | undefined;
  /** Tokens of its model calls. */
  readonly usage?: ModelUsage | undefined;
  /** US dollars; `null` where a price is not known. */
  readonly costUsd?: number | null | undefined;
  /** Its model calls. */
  readonly calls?: number | undefined;
}

/**
 * Executes phases on the machines where {@link servePipelines} runs. Give it to `createOrchestrator` as `remote`. What goes to Redis: the
 * request, the inputs of the phase, its prompt and declared environment variables, the model's identity; never a key.
 *
 * @throws SchedulerError ERR_SCHEDULER_OPTION when an option is not usable.
 */
export function distributedPhaseRunner(options: DistributedOptions): RemotePhaseRunner {
  return new DistributedPhaseRunner(options);
}

class DistributedPhaseRunner implements RemotePhaseRunner {
  readonly name = 'Redis';
  readonly #options: DistributedOptions;
  // One per queue. All workers serve the one of files, so it also tells whether Redis is there.
  readonly #runners: Map<string, RemoteRunner> = new Map();

  constructor(options: DistributedOptions) {
    this.#options = { ...options };
    this.#runner(filesQueue);
  }

  async connect({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    signal?.throwIfAborted();
    let onAbort: (() => void) | undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    try {
      await Promise.race([this.#runner(filesQueue).ready(), aborted]);
    } catch (error) {
      throw toOrcError(error);
    } finally {
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    }
  }

  async capacity(): Promise<number> {
    const workers = await this.#runner(filesQueue).listWorkers();
    return workers.reduce((sum, { concurrency }) => sum + concurrency, 0);
  }

  async run(
    request: RemotePhaseRequest,
    options: {
      readonly signal?: AbortSignal | undefined;
      readonly onProgress?: ((progress: RemotePhaseProgress) => void) | undefined;
    } = {},
  ): Promise<RemotePhaseResult> {
    const { signal, onProgress } = options;
    const { id, attempt, pipeline, model, priority } = request;
    const runner = this.#runner(queueOfPipeline(pipeline));
    const task = taskOfModel(model?.identity);
    try {
      const { value, worker } = await runner.run(
        {
          id: `${pipeline.digest.slice(0, 16)}/${id}`,
          task,
          input: request,
          attempt,
          priority,
          ...(onProgress === undefined ? {} : { onProgress: (told) => onProgress(told as RemotePhaseProgress) }),
        },
        { signal },
      );
      return { ...(value as ExecutedPhase), ...(worker === undefined ? {} : { worker }) };
    } catch (error) {
      throw signal?.aborted === true ? error : toOrcError(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close({ timeoutMs: 0 })));
  }

  #runner(queue: string): RemoteRunner {
    let runner = this.#runners.get(queue);
    if (runner === undefined) {
      const {
        connection,
        preset,
        prefix = defaultPrefix,
        keepMs,
        noWorkerMs = 15_000,
        connectTimeoutMs,
      } = this.#options;
      runner = remoteRunner({ connection, queue, preset, prefix, keepMs, noWorkerMs, connectTimeoutMs });
      this.#runners.set(queue, runner);
    }
    return runner;
  }
}

const transport: Partial<Record<SchedulerErrorCode, { readonly code: OrcErrorCode; readonly retryable: boolean }>> = {
  ERR_SCHEDULER_BROKER: { code: 'ERR_ORC_BROKER', retryable: false },
  ERR_SCHEDULER_BROKER_LOST: { code: 'ERR_ORC_BROKER', retryable: false },
  // No living worker can execute it: as good as no broker.
  ERR_SCHEDULER_TASK_UNKNOWN: { code: 'ERR_ORC_BROKER', retryable: false },
  ERR_SCHEDULER_REMOTE: { code: 'ERR_ORC_REMOTE', retryable: true },
  ERR_SCHEDULER_PAYLOAD: { code: 'ERR_ORC_REMOTE', retryable: true },
  ERR_SCHEDULER_CLOSED: { code: 'ERR_ORC_CLOSED', retryable: false },
};

/** The phase's own error as it was; the transport's as one of ours. */
function toOrcError(error: unknown): unknown {
  if (!isSchedulerError(error)) return revive(error);
  const ours = transport[error.code];
  return ours === undefined
    ? error
    : new OrcError(ours.code, error.message, { cause: error, retryable: ours.retryable });
}

/** An {@link OrcError} that came through Redis has its name and fields, but not its class. */
function revive(error: unknown): unknown {
  if (!(error instanceof Error) || isOrcError(error) || error.name !== 'OrcError') return error;
  const { code, hint, phase, task, retryable } = error as Error & {
    readonly code?: OrcErrorCode;
    readonly hint?: string;
    readonly phase?: string;
    readonly task?: string;
    readonly retryable?: boolean;
  };
  const revived = new OrcError(code ?? 'ERR_ORC_PHASE_FAILED', error.message, {
    cause: revive(error.cause),
    hint,
    phase,
    task,
    retryable,
  });
  revived.stack = error.stack ?? '';
  return revived;
}
