import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import * as core from '../../src/index.ts';
import type { Orchestrator, OrchestratorOptions, RunResult } from '../../src/index.ts';
import { echoModel, killPipeline, killRequest } from '../kill/pipeline.mjs';

/** What a run or a resumption did. */
export interface Told {
  readonly result: RunResult;
  /** The tasks that were executed, in their order. */
  readonly executed: readonly string[];
  /** Path to SHA-256 of all that is in the artifact folder. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** The pipeline of the kill harness, whose executions go to `log`. */
export function pipelineOf(log: string): ReturnType<typeof killPipeline> {
  return killPipeline(core, log, 0);
}

/** Runs the pipeline of the kill harness in a new session. */
export async function runSession(
  dir: string,
  options: OrchestratorOptions = {},
  text: string = killRequest.text,
): Promise<Told> {
  const log = join(dir, 'log');
  await using orchestrator = core.createOrchestrator({ dataDir: dir, model: echoModel(0), ...options });
  const result = await orchestrator.run(pipelineOf(log), { ...killRequest, text }, { sessionId: 'one' }).result;
  return told(dir, log, result, 0);
}

/** Resumes the session `one` of a data folder. */
export async function resumeSession(dir: string, options: OrchestratorOptions = {}): Promise<Told> {
  await using orchestrator = core.createOrchestrator({ dataDir: dir, model: echoModel(0), ...options });
  // Awaited here: the orchestrator is closed when this function is left.
  const done = await resumeWith(orchestrator, dir, 'one');
  return done;
}

/** Resumes a session with an orchestrator of its data folder. */
export async function resumeWith(orchestrator: Orchestrator, dir: string, id: string): Promise<Told> {
  const log = join(dir, 'log');
  const before = (await lines(log)).length;
  // Some are copies.
  const run = await orchestrator.resume(id, { pipelines: () => pipelineOf(log), trustForeign: true });
  return told(dir, log, await run.result, before);
}

/** Copies a session's folder into another data folder. */
export async function copySession(from: string, to: string, id = 'one'): Promise<string> {
  const dir = join(to, 'sessions', id);
  await mkdir(join(to, 'sessions'), { recursive: true });
  await cp(from, dir, { recursive: true });
  return dir;
}

async function told(dir: string, log: string, result: RunResult, before: number): Promise<Told> {
  return {
    result,
    executed: (await lines(log)).slice(before),
    artifacts: await filesOf(join(dir, 'sessions', result.sessionId, 'artifacts')),
  };
}

async function lines(log: string): Promise<readonly string[]> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

async function filesOf(dir: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(dir.length + 1)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return files;
}
