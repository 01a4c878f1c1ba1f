import type { Pipeline } from '@orc/core';
import { servePipelines, type ServePipelinesOptions } from '@orc/core/distributed';
import { builtInPipelines } from '@orc/core/pipelines';

import type { CommandContext } from '../commands/context.ts';
import type { Config } from '../config/load.ts';
import { CliError, messageOf } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { plural } from '../output/format.ts';
import { Repeats } from '../output/repeats.ts';
import { Cancellation } from '../run/cancel.ts';
import { checkRedis } from './check-redis.ts';
import { openModels } from './model.ts';
import { findPipeline } from './pipelines.ts';
import { sharedSecret } from './shared-secret.ts';
import { jsonText } from '../output/json.ts';

type WorkerEvent = Parameters<NonNullable<ServePipelinesOptions['onEvent']>>[0];

/** How long a worker that is asked to end waits for what it has begun, in milliseconds. */
const drainMs = 8000;

/** Serves phases of other machines' runs until a signal comes; then it ends what it has begun, or gives it back. */
export async function serveWork(context: CommandContext, config: Config): Promise<number> {
  const { host, flags, errorStyle } = context;
  const { settings } = config;
  const cancellation = new Cancellation(host);
  const quiet = flags.is('quiet') === true;
  const verbose = flags.is('verbose') === true || settings['log.level'] === 'debug';
  const say = (message: string): void => {
    if (quiet) return;
    context.note(
      settings['log.format'] === 'json'
        ? jsonText({ time: new Date(host.now()).toISOString(), message })
        : `${errorStyle.dim(new Date(host.now()).toISOString().slice(11, 19))}  ${message}`,
    );
  };
  try {
    const secret = sharedSecret(config);
    const unreachable = await checkRedis(settings['distributed.redis_url']);
    if (unreachable !== undefined)
      throw new CliError(
        unreachable.configuration ? 'ERR_CLI_CONFIG' : 'ERR_CLI_FAILED',
        `Redis ${unreachable.configuration ? 'cannot be used' : 'cannot be reached'}: ${unreachable.text}`,
        {
          exitCode: unreachable.configuration ? exitCodes.config : exitCodes.failed,
          hint: unreachable.hint,
        },
      );
    const pipelines: Pipeline[] = await Promise.all(builtInPipelines.map((builtIn) => builtIn.load()));
    for (const name of flags.list('pipeline')) pipelines.push((await findPipeline(host, name, '')).pipeline);
    // The worker's budget counts the calls of all its models, for all runs.
    const models = await openModels(config, { pipelines });
    const named = new Set(pipelines.flatMap(({ phases }) => phases.map((phase) => phase.definition.sampling.model)));
    const others = [...named].filter((id) => id !== undefined && id !== models.main.id);
    const trouble = new Repeats(say, host.now);
    const refusals = new Repeats(say, host.now);
    const onEvent: ServePipelinesOptions['onEvent'] = (event) => {
      if (event.type === 'broker-error') {
        // The client tries again many times a second; the jobs' ids would make every line a new one.
        trouble.say(`Redis: ${messageOf(event.error).replaceAll(/\bjob \S+/g, 'a job')}; trying again`);
        return;
      }
      const refusal = refusalOf(event);
      if (refusal !== undefined) {
        refusals.say(refusal);
        return;
      }
      if (event.type === 'task-start' && trouble.over()) say('Redis answers again');
      if (verbose) say(describe(event));
    };
    const workers = settings['performance.concurrency.max_workers'];
    const server = await servePipelines({
      pipelines,
      model: models.main,
      models: others.map((id) => models.byName(id as string)),
      budgetUsd: settings['limits.budget_usd'],
      secret,
      connection: settings['distributed.redis_url'],
      preset: settings['distributed.preset'],
      ...(workers === 0 ? {} : { concurrency: workers }),
      onEvent,
    });
    say(
      `worker ${server.name}: ${plural(pipelines.length, 'pipeline')}, model ${models.main.id} (${models.reason})${secret === undefined ? '' : ', signed work only'}; Ctrl-C ends it`,
    );
    if (!cancellation.signal.aborted)
      await new Promise((resolve) => cancellation.signal.addEventListener('abort', resolve, { once: true }));
    if (server.running > 0) say(`ending ${plural(server.running, 'task')}; once more ends at once`);
    await server.close({ timeoutMs: drainMs });
    // A worker that was asked to end, and did, has done what it should.
    return exitCodes.ok;
  } finally {
    cancellation.close();
  }
}

/** What the worker must not do, in words that are the same for all such jobs: whoever can write to Redis can send many. */
function refusalOf(event: WorkerEvent): string | undefined {
  if (event.type === 'task-refused') return `a job was refused: ${event.reason}`;
  if (event.type === 'coordinator-unusable') return describe(event);
  if (event.type !== 'task-end' || (event.error as { readonly code?: unknown } | null)?.code !== 'ERR_ORC_REFUSED')
    return undefined;
  return `a job was refused: ${messageOf(event.error)}`;
}

/** An event of the broker in words. */
function describe(event: WorkerEvent): string {
  switch (event.type) {
    case 'task-start':
      return `${jobName(event.id)}  started${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`;
    case 'task-end':
      return `${jobName(event.id)}  ${event.status}${event.error === undefined ? '' : `: ${messageOf(event.error)}`}`;
    case 'task-unknown':
      return `${jobName(event.id)}  left to others: this worker has not its pipeline or its model`;
    case 'task-returned':
      return `${jobName(event.id)}  left to others: ${event.reason}`;
    case 'task-refused':
      return `${jobName(event.id)}  refused: ${event.reason}`;
    case 'coordinator-unusable':
      return event.signs
        ? 'a run on another machine signs its work with a secret that is not this worker’s (distributed.secret): its work is left alone'
        : 'a run on another machine does not sign its work, and this worker takes only signed work (distributed.secret)';
    case 'task-stalled':
      return `${jobName(event.jobId)}  put back: its worker is gone`;
    case 'hold-lost':
      return `${jobName(event.jobId)}  given up: it was not renewed in time`;
    case 'broker-error':
      return `Redis: ${messageOf(event.error)}`;
  }
}

/** A job's name for people: the session, and the beginning of the digest that tells its tasks apart. */
function jobName(id: string): string {
  const [, session, task] = /(\d{8}-\d{6}-\w{4})-([0-9a-f]{8})[0-9a-f]{56}/.exec(id) ?? [];
  return session === undefined ? id : `${session}  task ${task}`;
}
