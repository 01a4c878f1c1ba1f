// Pipelines start worker threads, and a thread can't load TypeScript on Node 20: these tests run the built package.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createOrchestrator, type Pipeline, type RunResult } from '@orc/core';
import { resolveModel } from '@orc/core/ai';
import { builtInPipelines } from '@orc/core/pipelines';

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
  const dataDir = mkdtempSync(join(tmpdir(), 'orc-pipelines-'));
  const orchestrator = createOrchestrator({
    model: await resolveModel('offline/scribe', { env: {} }),
    cache: false,
    dataDir,
    ...options,
  });
  try {
    const result = await orchestrator.run(pipeline, { seed: 1, ...request }).result;
    if (result.status !== 'succeeded')
      throw new Error(`${result.status}: ${result.error?.code} ${result.error?.message}`);
    return await look(result);
  } finally {
    await orchestrator.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
