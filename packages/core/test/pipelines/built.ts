// Pipelines start worker threads, and a thread can't load TypeScript on Node 20: these tests run the built package.
import { createOrchestrator, type Pipeline, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';
import { builtInPipelines } from '@orc/core/pipelines';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';

/** A built-in pipeline. */
export async function builtIn(id: string): Promise<Pipeline> {
  const found = builtInPipelines.find((pipeline) => pipeline.id === id);
  if (found === undefined) throw new Error(`no pipeline ${id}`);
  return found.load();
}

/** Runs a pipeline on `offline/scribe` without a cache, and hands the result with its folder over before both are gone. */
export async function runOffline<T>(
  pipeline: Pipeline,
  request: { readonly text: string; readonly seed?: number; readonly words?: number; readonly input?: string },
  look: (result: RunResult) => T | Promise<T>,
  options: { readonly maxWorkers?: number } = {},
): Promise<T> {
  using data = temporaryFolder();
  await using orchestrator = createOrchestrator({
    model: await resolveModel('offline/scribe', { env: {} }),
    cache: false,
    dataDir: data.dir,
    ...options,
  });
  const result = await orchestrator.run(pipeline, { seed: 1, ...request }).result;
  if (result.status !== 'succeeded')
    throw new Error(`${result.status}: ${result.error?.code} ${result.error?.message}`);
  return await look(result);
}
