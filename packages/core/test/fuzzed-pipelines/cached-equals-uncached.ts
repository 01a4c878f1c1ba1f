import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { createOrchestrator, type Orchestrator, type OrchestratorOptions, type RunResult } from '../../src/index.ts';
import {
  below,
  draftOf,
  modelOf,
  pick,
  pipelineOfDraft,
  requestOf,
  type Draft,
  type Random,
} from '../support/edited-pipeline.ts';
import { edits } from '../support/pipeline-edits.ts';

/**
 * How many pipelines a file goes through, and how often each is run. `ORC_FUZZ_LONG=1` goes through ten thousand in all;
 * `ORC_FUZZ_COUNT` says another number for each file, `ORC_FUZZ_FROM` where to begin.
 */
const long = process.env['ORC_FUZZ_LONG'] === '1';
export const pipelines = long ? Number(process.env['ORC_FUZZ_COUNT'] ?? 5000) : 20;
const first = Number(process.env['ORC_FUZZ_FROM'] ?? 0);
const steps = long ? 3 : 6;

export const kinds = Object.keys(edits);

/** How long a file may take: a guard against what never ends. */
export const timeout = long ? 3_600_000 : 120_000;

function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lays the files of a draft where they are not so yet. */
async function lay(draft: Draft, input: string, laid: Draft['files']): Promise<void> {
  for (const [name, content] of Object.entries(draft.files)) {
    if (laid[name] === content) continue;
    laid[name] = content;
    if (content === undefined) await rm(join(input, name), { force: true });
    else await writeFile(join(input, name), content);
  }
}

const comparable = ({ status, text, error }: RunResult): unknown => [status, text, error?.code];

const worldOf = (draft: Draft): string => JSON.stringify([draft.model, draft.env]);

interface Kept {
  readonly orchestrator: Orchestrator;
  readonly world: string;
}

/** One pipeline, edited step by step; a run of each step with the cache against one without. */
async function compare(seed: number, another: number): Promise<{ readonly hits: number; readonly succeeded: number }> {
  const random = randomOf(seed);
  const draft = draftOf(random);
  using input = temporaryFolder();
  using cache = temporaryFolder();
  const laid: Draft['files'] = {};
  let plain: Kept | undefined;
  let kept: Kept | undefined;
  let hits = 0;
  let succeeded = 0;
  const history: string[] = [];
  for (let step = 0; step < steps; step += 1) {
    if (step > 0) {
      const name = pick(random, kinds);
      history.push(name);
      edits[name]?.(draft, random);
    }
    await lay(draft, input.dir, laid);
    const pipeline = pipelineOfDraft(draft);
    const world = worldOf(draft);
    const options: OrchestratorOptions = { model: modelOf(draft), env: { ...draft.env } };
    const request = requestOf(draft, input.dir);
    // What has a world of its own can only be asked in that world.
    if (plain?.world !== world) {
      await plain?.orchestrator.close();
      plain = { orchestrator: createOrchestrator({ ...options, optimized: false }), world };
    }
    const wanted = await plain.orchestrator.run(pipeline, request).result;
    if (kept === undefined || random() < another || kept.world !== world) {
      await kept?.orchestrator.close();
      const orchestrator = createOrchestrator({
        ...options,
        cache: { file: { dir: cache.dir }, maxSize: random() < 0.3 ? 3 : 1000 },
        maxWorkers: 1 + below(random, 4),
        prefetch: pick(random, ['off', 'known', 'speculative']),
      });
      kept = { orchestrator, world };
    }
    const got = await kept.orchestrator.run(pipeline, request, { scope: draft.scope }).result;
    hits += got.cache.hits;
    if (got.status === 'succeeded') succeeded += 1;
    expect(comparable(got), `seed ${seed}: ${history.join(', ')}`).toEqual(comparable(wanted));
  }
  await plain?.orchestrator.close();
  await kept?.orchestrator.close();
  return { hits, succeeded };
}

/**
 * However pipelines, their requests and the world around them are edited: a run with a cache gives what a run without one
 * gives. `another` is how likely an edit is followed by an orchestrator of its own, as in another process, which has the
 * folder alone.
 */
export async function comparePipelines(another: number, skipped: number): Promise<void> {
  let hits = 0;
  let succeeded = 0;
  for (let seed = 1; seed <= pipelines; seed += 1) {
    const done = await compare(first + skipped + seed, another);
    hits += done.hits;
    succeeded += done.succeeded;
  }
  // It would hold of a cache that never hits, and of runs that all fail, too.
  expect(hits).toBeGreaterThan((pipelines * steps) / 2);
  expect(succeeded).toBeGreaterThan((pipelines * steps) / 2);
}
