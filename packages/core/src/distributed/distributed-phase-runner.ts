import { isSchedulerError } from '@orc/scheduler';
import { remoteRunner } from '@orc/scheduler/bullmq';
import type { BrokerConnection, RemotePreset, RemoteRunner, RemoteTimings } from '@orc/scheduler/bullmq';

import { OrcError } from '../errors.ts';
import type {
  RemotePhaseProgress,
  RemotePhaseRequest,
  RemotePhaseResult,
  RemotePhaseRunner,
} from '../run/remote-port.ts';
import { toOrcError } from './broker-errors.ts';
import { fleetName, missingWorker } from './fleet.ts';
import { longestSource, readPhaseResult, readProgress } from './phase-messages.ts';
import { defaultPrefix, filesQueue, queueOfPipeline, taskOfModel } from './queue-names.ts';
import { refused } from './refused.ts';

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
  /**
   * A secret of 16 characters or more, the same on all machines: work and answers are signed with it, and what is not is not taken.
   * @defaultValue none: whoever can write to Redis can answer in a worker's place
   */
  readonly secret?: string | undefined;
  /** The most bytes of one task's input or output; a larger one is executed on this machine. @defaultValue 67108864 (64 MB) */
  readonly maxBytes?: number | undefined;
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
    const task = taskOfModel(model?.identity);
    if (Buffer.byteLength(pipeline.source ?? '') > longestSource)
      throw refused(`The text of pipeline \`${pipeline.id}\` has more than ${longestSource} bytes: it does not travel`);
    const runner = this.#runner(queueOfPipeline(pipeline));
    try {
      const { value, worker } = await runner.run(
        {
          id: `${pipeline.digest.slice(0, 16)}/${id}`,
          task,
          input: request,
          attempt,
          priority,
          ...(onProgress === undefined ? {} : { onProgress: (told) => tell(told, onProgress) }),
        },
        { signal },
      );
      return { ...readPhaseResult(value), ...(worker === undefined ? {} : { worker }) };
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (!isSchedulerError(error) || error.code !== 'ERR_SCHEDULER_TASK_UNKNOWN') throw toOrcError(error);
      const message = `${error.message}${await this.#why(request, runner)}`;
      throw new OrcError('ERR_ORC_BROKER', message, { cause: error, retryable: false });
    }
  }

  /** What the workers that there are have instead, where they tell. */
  async #why(request: RemotePhaseRequest, runner: RemoteRunner): Promise<string> {
    try {
      return missingWorker(request, await runner.listWorkers({ group: fleetName }));
    } catch {
      return '';
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
        secret,
        maxBytes,
      } = this.#options;
      runner = remoteRunner({
        connection,
        queue,
        preset,
        prefix,
        keepMs,
        noWorkerMs,
        connectTimeoutMs,
        secret,
        maxBytes,
      });
      this.#runners.set(queue, runner);
    }
    return runner;
  }
}

function tell(told: unknown, onProgress: (progress: RemotePhaseProgress) => void): void {
  const progress = readProgress(told);
  if (progress !== undefined) onProgress(progress);
}
