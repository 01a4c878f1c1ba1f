/** However a pipeline, its request and the world around it are edited: a run with a cache gives what a run without one gives. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, type Orchestrator, type OrchestratorOptions, type RunResult } from '../src/index.ts';
import {
  below,
  draftOf,
  modelOf,
  pick,
  pipelineOfDraft,
  requestOf,
  type Draft,
  type Random,
} from './support/edited-pipeline.ts';
import { edits } from './support/pipeline-edits.ts';

// ORC_FUZZ_LONG=1 goes through ten thousand pipelines.
const long = process.env['ORC_FUZZ_LONG'] === '1';
const pipelines = long ? Number(process.env['ORC_FUZZ_COUNT'] ?? 10_000) : 40;
const steps = 6;
// Where to begin: another part of them.
const first = Number(process.env['ORC_FUZZ_FROM'] ?? 0);

function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function lay(draft: Draft, input: string): Promise<void> {
  for (const [name, content] of Object.entries(draft.files)) {
    if (content === undefined) await rm(join(input, name), { force: true });
    else await writeFile(join(input, name), content);
  }
}

const comparable = ({ status, text, error }: RunResult): unknown => [status, text, error?.code];

/** One pipeline, edited step by step; a run of each step with the cache against one without. */
async function check(seed: number): Promise<{ readonly hits: number; readonly succeeded: number }> {
  const random = randomOf(seed);
  const draft = draftOf(random);
  using input = temporaryFolder();
  using cache = temporaryFolder();
  let kept: { readonly orchestrator: Orchestrator; readonly draft: Draft } | undefined;
  let hits = 0;
  let succeeded = 0;
  const history: string[] = [];
  for (let step = 0; step < steps; step += 1) {
    if (step > 0) {
      const name = pick(random, Object.keys(edits));
      history.push(name);
      edits[name]?.(draft, random);
    }
    await lay(draft, input.dir);
    const pipeline = pipelineOfDraft(draft);
    const options: OrchestratorOptions = { model: modelOf(draft), env: { ...draft.env } };
    const request = requestOf(draft, input.dir);
    await using plain = createOrchestrator({ ...options, optimized: false });
    const wanted = await plain.run(pipeline, request).result;
    // Most of the time another process, which has the folder alone; what has a world of its own can only be asked in that world.
    if (kept === undefined || random() < 0.7 || worldOf(kept.draft) !== worldOf(draft)) {
      await kept?.orchestrator.close();
      const orchestrator = createOrchestrator({
        ...options,
        cache: { file: { dir: cache.dir }, maxSize: random() < 0.3 ? 3 : 1000 },
        maxWorkers: 1 + below(random, 4),
        prefetch: pick(random, ['off', 'known', 'speculative']),
      });
      kept = { orchestrator, draft: structuredClone(draft) };
    }
    const got = await kept.orchestrator.run(pipeline, request, { scope: draft.scope }).result;
    hits += got.cache.hits;
    if (got.status === 'succeeded') succeeded += 1;
    expect(comparable(got), `seed ${seed}: ${history.join(', ')}`).toEqual(comparable(wanted));
  }
  await kept?.orchestrator.close();
  return { hits, succeeded };
}

const worldOf = (draft: Draft): string => JSON.stringify([draft.model, draft.env]);

test(
  `${pipelines} random pipelines under ${Object.keys(edits).length} kinds of edits: nothing old is served`,
  async () => {
    let hits = 0;
    let succeeded = 0;
    for (let seed = 1; seed <= pipelines; seed += 1) {
      const done = await check(first + seed);
      hits += done.hits;
      succeeded += done.succeeded;
    }
    // It would hold of a cache that never hits, and of runs that all fail, too.
    expect(hits).toBeGreaterThan(pipelines * 3);
    expect(succeeded).toBeGreaterThan((pipelines * steps) / 2);
  },
  long ? 3_600_000 : 120_000,
);
