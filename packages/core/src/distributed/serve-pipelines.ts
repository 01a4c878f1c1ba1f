import { Scheduler, availableCores } from '@orc/scheduler';
import type { CloseOptions, TaskContext } from '@orc/scheduler';
import { serve } from '@orc/scheduler/bullmq';
import type { BrokerConnection, RemotePreset, RemoteTimings, ServeEvent, TaskServer } from '@orc/scheduler/bullmq';

import type { ModelClient } from '../ai/model-client.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { OrcError } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { admit } from './admission.ts';
import { executePhase } from './execute-phase.ts';
import type { PhaseAnswer } from './execute-phase.ts';
import { aboutWorker, fleetName } from './fleet.ts';
import { readPhaseRequest } from './phase-messages.ts';
import { PipelineTexts } from './pipeline-texts.ts';
import { defaultPrefix, filesQueue, queueOfPipeline, taskOfModel } from './queue-names.ts';
import { WorkerBudget } from './worker-budget.ts';

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
  /**
   * A secret of 16 characters or more, the same on all machines: only work that is signed with it is done.
   * @defaultValue none: whoever can write to Redis can have phases executed, with the models and within the budget given here
   */
  readonly secret?: string | undefined;
  /** The most bytes of one task's input or output. @defaultValue 67108864 (64 MB) */
  readonly maxBytes?: number | undefined;
  /**
   * US dollars that the model calls of this worker may cost as long as it lives, whoever asked for them. When they are spent, tasks that call a
   * model are left to other workers. @defaultValue 0: no limit
   */
  readonly budgetUsd?: number | undefined;
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
    secret,
    maxBytes,
    onEvent,
    clock = systemClock,
  } = options;
  const concurrency = options.concurrency ?? availableCores() * 2;
  const models = [...(options.model === undefined ? [] : [options.model]), ...(options.models ?? [])];
  const scheduler = new Scheduler({ maxWorkers: concurrency, detectNesting: false });
  const known = new Map(options.pipelines.map((pipeline) => [pipeline.digest, pipeline]));
  const texts = new PipelineTexts();
  const budget = new WorkerBudget(options.budgetUsd);
  const servers: TaskServer[] = [];
  const byTask = new Map([undefined, ...models].map((model) => [taskOfModel(model?.identity), model]));
  const tasks = Object.fromEntries(
    [...byTask].map(([task, model]) => [
      task,
      async (sent: unknown, context: TaskContext): Promise<PhaseAnswer> => {
        const request = readPhaseRequest(sent);
        const pipeline = known.get(request.pipeline.digest) ?? (await texts.of(request.pipeline));
        const phase = admit({ pipeline, request, task, model });
        return executePhase({ phase, request, model, budget, scheduler, clock, context });
      },
    ]),
  );
  const refuses = (task: string): string | undefined => {
    const model = byTask.get(task);
    return model === undefined ? undefined : budget.refusal(model);
  };
  const about = (): string =>
    aboutWorker(
      options.pipelines,
      models.map(({ id }) => id),
      models.map((model) => budget.refusal(model)).find((why) => why !== undefined),
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
          secret,
          maxBytes,
          refuses,
          // Once for all queues.
          group: queue === filesQueue ? { name: fleetName, about } : undefined,
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
