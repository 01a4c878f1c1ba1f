import { Scheduler, availableCores } from '@orc/scheduler';
import type { CloseOptions, TaskContext } from '@orc/scheduler';
import { serve } from '@orc/scheduler/bullmq';
import type { BrokerConnection, RemotePreset, RemoteTimings, ServeEvent, TaskServer } from '@orc/scheduler/bullmq';

import type { ModelClient } from '../ai/model-client.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { OrcError, isOrcError } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { parsePipeline } from '../pipelines/file/parse-pipeline.ts';
import type { RemotePhaseRequest } from '../run/remote-port.ts';
import { executePhase } from './execute-phase.ts';
import { defaultPrefix, filesQueue, queueOfPipeline, taskOfModel } from './queue-names.ts';

/** Options of {@link servePipelines}. */
export interface ServePipelinesOptions {
  /** The pipelines that this machine can execute. Those made from YAML files come with the work and need not be named. */
  readonly pipelines: readonly Pipeline[];
  /** The model for phases that name none. Work for another model is left to other workers. @defaultValue none: no `llm` phases */
  readonly model?: ModelClient | undefined;
  /** Further models: those that phases name. @defaultValue none */
  readonly models?: readonly ModelClient[] | undefined;
  /** Where Redis is: a `redis://` address, or ioredis options. */
  readonly connection: BrokerConnection;
  /** Tasks of each pipeline at once. @defaultValue cores × 2 */
  readonly concurrency?: number | undefined;
  /** How fast a lost worker is noticed; the same for all workers. @defaultValue `'default'` */
  readonly preset?: RemotePreset | Partial<RemoteTimings> | undefined;
  /** What the keys in Redis start with. @defaultValue `'orc'` */
  readonly prefix?: string | undefined;
  /** Names this worker; reports show it. @defaultValue host, process and a random part */
  readonly name?: string | undefined;
  /** Milliseconds to reach Redis at the start. @defaultValue 2000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds for which large results stay in Redis. @defaultValue 86400000 (a day) */
  readonly keepMs?: number | undefined;
  /** Told what the worker does. */
  readonly onEvent?: ((event: ServeEvent) => void) | undefined;
  /** Time. @defaultValue the real one */
  readonly clock?: Clock | undefined;
}

/** A machine that executes phases for others. */
export interface PipelineServer extends AsyncDisposable {
  /** Its name. */
  readonly name: string;
  /** How many tasks it is executing. */
  readonly running: number;
  /** Takes nothing more and lets what runs end; after `timeoutMs` the rest goes back to the queue. Call it on SIGTERM. */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * Executes phases for coordinators that run with {@link distributedPhaseRunner}. Phases of a pipeline with another digest, or for another model,
 * are left to the workers that have it.
 *
 * @throws OrcError ERR_ORC_BROKER when Redis can't be reached.
 */
export async function servePipelines(options: ServePipelinesOptions): Promise<PipelineServer> {
  const {
    connection,
    preset,
    prefix = defaultPrefix,
    connectTimeoutMs,
    keepMs,
    onEvent,
    clock = systemClock,
  } = options;
  const concurrency = options.concurrency ?? availableCores() * 2;
  const models = [...(options.model === undefined ? [] : [options.model]), ...(options.models ?? [])];
  const scheduler = new Scheduler({ maxWorkers: concurrency, detectNesting: false });
  const known = new Map(options.pipelines.map((pipeline) => [pipeline.digest, pipeline]));
  const fromFiles = pipelinesFromFiles();
  const servers: TaskServer[] = [];
  const tasks = Object.fromEntries(
    [undefined, ...models].map((model) => [
      taskOfModel(model?.identity),
      async (request: RemotePhaseRequest, context: TaskContext) => {
        const pipeline = known.get(request.pipeline.digest) ?? (await fromFiles(request.pipeline));
        return executePhase({ pipeline, request, model, scheduler, clock, context });
      },
    ]),
  );
  const closeAll = async (closeOptions?: CloseOptions): Promise<void> => {
    await Promise.all(servers.map((server) => server.close(closeOptions)));
    await scheduler.close({ timeoutMs: 0 });
  };
  const queues = new Set([filesQueue, ...options.pipelines.map(queueOfPipeline)]);
  try {
    for (const queue of queues) {
      const name = servers[0]?.name ?? options.name;
      servers.push(
        await serve(tasks, {
          connection,
          queue,
          prefix,
          preset,
          concurrency,
          name,
          scheduler,
          connectTimeoutMs,
          keepMs,
          onEvent,
        }),
      );
    }
  } catch (error) {
    await closeAll({ timeoutMs: 0 });
    if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_SCHEDULER_BROKER') throw error;
    throw new OrcError('ERR_ORC_BROKER', (error as Error).message, { cause: error, retryable: false });
  }
  return {
    name: (servers[0] as TaskServer).name,
    get running() {
      return servers.reduce((sum, server) => sum + server.running, 0);
    },
    close: closeAll,
    [Symbol.asyncDispose]: () => closeAll(),
  };
}

const filesKept = 32;

/** Makes pipelines from the text that comes with the work, each once. */
function pipelinesFromFiles(): (wanted: RemotePhaseRequest['pipeline']) => Promise<Pipeline> {
  const made = new Map<string, Promise<Pipeline>>();
  return (wanted) => {
    let pipeline = made.get(wanted.digest);
    if (pipeline === undefined) {
      pipeline = make(wanted);
      made.set(wanted.digest, pipeline);
      const oldest = made.size > filesKept ? made.keys().next().value : undefined;
      if (oldest !== undefined) made.delete(oldest);
    }
    return pipeline;
  };
}

async function make({ id, digest, source }: RemotePhaseRequest['pipeline']): Promise<Pipeline> {
  if (source === undefined)
    throw foreign(`Pipeline \`${id}\` came without its text, and this worker has none with digest ${digest}`);
  let pipeline: Pipeline;
  try {
    pipeline = await parsePipeline(source, `${id}.yaml`);
  } catch (error) {
    if (isOrcError(error)) throw foreign(`Pipeline \`${id}\` can not be made on this worker: ${error.message}`, error);
    throw error;
  }
  if (pipeline.digest !== digest)
    throw foreign(`Pipeline \`${id}\` becomes another one on this worker: ${pipeline.digest}, expected ${digest}`);
  return pipeline;
}

function foreign(message: string, cause?: unknown): OrcError {
  return new OrcError('ERR_ORC_REMOTE', message, {
    cause,
    retryable: false,
    hint: 'Run the same version of orc on all machines.',
  });
}
