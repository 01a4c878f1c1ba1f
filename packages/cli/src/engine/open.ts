import {
  createOrchestrator,
  type Orchestrator,
  type Pipeline,
  type RemotePhaseRunner,
  type RunObserver,
} from '@orc/core';
import type { ModelClient } from '@orc/core/ai';

import type { CommandContext } from '../commands/context.ts';
import type { Config } from '../config/load.ts';
import { startTelemetry, type Telemetry } from '../metrics/telemetry.ts';
import { cacheFolder } from './cache-folder.ts';
import { openModels } from './model.ts';

/** The engine of one call. */
export interface Engine {
  /** Plans, runs and resumes. */
  readonly orchestrator: Orchestrator;
  /** The model. */
  readonly model: ModelClient;
  /** Why it is this one. */
  readonly modelReason: string;
  /** Ends everything that is open. */
  close(): Promise<void>;
}

/** What opening may be told. */
export interface EngineOptions {
  /** The model; chosen by the configuration when left out. */
  readonly model?: string | undefined;
  /** The pipelines that will run: their phases may name models of their own. */
  readonly pipelines?: readonly Pipeline[] | undefined;
  /** Whether this call measures: planning does not. */
  readonly telemetry?: boolean | undefined;
}

/**
 * Opens the engine as the configuration describes it.
 *
 * @throws the engine's errors for a model that can't be used or a folder that can't be written.
 */
export async function openEngine(
  context: CommandContext,
  config: Config,
  options: EngineOptions = {},
): Promise<Engine> {
  const { settings, env, paths } = config;
  const { flags } = context;
  const models = await openModels(config, {
    model: options.model,
    pipelines: options.pipelines,
    onEvent: (event) => {
      if (event.type === 'model-warning' && flags.is('quiet') !== true)
        context.note(`${context.errorStyle.warn('warning:')} ${event.model}: ${event.message}`);
    },
  });
  const telemetry: Telemetry | undefined =
    options.telemetry === false ? undefined : await startTelemetry(context, config);
  const observers: RunObserver[] = [];
  if (telemetry !== undefined) {
    const { metricsObserver } = await import('@orc/core');
    observers.push(metricsObserver({ meter: telemetry.meter, tracer: telemetry.tracer }));
  }
  let remote: RemotePhaseRunner | undefined;
  if (settings['distributed.redis_url'] !== '') {
    const { openRemote } = await import('./remote.ts');
    remote = await openRemote(config);
  }
  const orchestrator = createOrchestrator({
    optimized: settings['performance.enabled'],
    maxWorkers: settings['performance.concurrency.max_workers'],
    bufferSize: settings['performance.concurrency.buffer_size'],
    cache: {
      ttl: settings['performance.cache.ttl'],
      maxSize: settings['performance.cache.max_size'],
      file: settings['performance.cache.file.enabled']
        ? {
            dir: cacheFolder(config),
            ttl: settings['performance.cache.file.ttl'],
            maxBytes: settings['performance.cache.file.max_bytes'],
          }
        : false,
    },
    model: models.main,
    models: models.byName,
    dataDir: paths.dataDir,
    limits: {
      maxRetries: settings['limits.max_retries'],
      phaseTimeout: settings['limits.phase_timeout'],
      totalTimeout: settings['limits.total_timeout'],
      budgetUsd: settings['limits.budget_usd'],
    },
    prefetch: settings['performance.prefetch'],
    // Whoever writes `--prefetch speculative` on the command line has asked for it, also where it costs money.
    speculatePriced: flags.text('prefetch') === 'speculative',
    env,
    observers,
    ...(remote === undefined ? {} : { remote }),
  });
  return {
    orchestrator,
    model: models.main,
    modelReason: models.reason,
    async close() {
      await orchestrator.close();
      await telemetry?.close();
    },
  };
}
