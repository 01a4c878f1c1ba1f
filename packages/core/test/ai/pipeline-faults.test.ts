// The phases on threads load their modules from the build, so everything here comes from there.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../../test-support/temporary-folder.ts';
import { resolveModel } from '../../dist/ai/index.js';
import { createOrchestrator, type RunResult } from '../../dist/index.js';
import { builtInPipelines } from '../../dist/pipelines/index.js';
import {
  passingFaults,
  startFaultServer,
  type FaultServer,
  type FaultServerOptions,
} from '../../dist/testing/index.js';
import { ManualClock, hurry } from './manual-clock.ts';

const key = 'my-own-test-key-0123456789';
const request = { text: 'A story about a lighthouse keeper who counts the ships', seed: 1, words: 2500 };

let folder: string;
beforeEach(() => {
  folder = folderOfTest();
});

interface Outcome {
  readonly result: RunResult;
  readonly calls: number;
  readonly faults: ReadonlySet<string | undefined>;
  readonly events: string;
}

async function write(
  name: string,
  options: FaultServerOptions,
  pipelineId = 'fiction',
  maxRetries = 20,
): Promise<Outcome> {
  const clock = new ManualClock();
  await using server = await startFaultServer({ clock, apiKey: key, ...options });
  return await writeWith(server, clock, name, { flavour: options.flavour, pipelineId, maxRetries });
}

interface Writing {
  readonly flavour: FaultServerOptions['flavour'];
  readonly pipelineId?: string;
  readonly maxRetries?: number;
}

async function writeWith(
  server: FaultServer,
  clock: ManualClock,
  name: string,
  { flavour, pipelineId = 'fiction', maxRetries = 20 }: Writing,
): Promise<Outcome> {
  const earlier = server.calls.length;
  const { events, onEvent } = hurry(clock);
  const id = flavour === 'anthropic' ? 'anthropic/claude-sonnet-4-6' : 'openai/test';
  const env = { OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key };
  const model = await resolveModel(id, {
    env,
    clock,
    onEvent,
    random: () => 0,
    config: { baseUrl: server.url, apiKey: '${OPENAI_API_KEY}', maxRetries },
  });
  const cache = { file: { dir: join(folder, name, 'cache') } };
  await using orchestrator = createOrchestrator({
    model,
    cache,
    dataDir: join(folder, name, 'data'),
    maxWorkers: 4,
    limits: { maxRetries: 0 },
  });
  const pipeline = await builtInPipelines.find((one) => one.id === pipelineId)?.load();
  if (pipeline === undefined) throw new Error(`There is no pipeline ${pipelineId}`);
  const run = orchestrator.run(pipeline, request);
  const seen: unknown[] = [];
  for await (const event of run) seen.push(event);
  return {
    result: await run.result,
    calls: server.calls.length - earlier,
    faults: new Set(server.calls.slice(earlier).map(({ fault }) => fault)),
    events: JSON.stringify([events, seen]),
  };
}

async function filesUnder(path: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)));
}

describe.each([{ flavour: 'openai' }, { flavour: 'anthropic' }] as const)(
  'The fiction pipeline ($flavour)',
  ({ flavour }) => {
    it('completes though three of ten calls fail, with the same manuscript as without faults', async () => {
      let failing = false;
      // The first three kinds are given, since which ones a seeded draw meets depends on the wording of the prompts; the rest is drawn.
      const given = ['rate-limit', 'cut', 'stream-error'] as const;
      let failed = 0;
      const clock = new ManualClock();
      await using server = await startFaultServer({
        flavour,
        apiKey: key,
        clock,
        seed: 11,
        failRate: 0.3,
        script: () => {
          if (!failing) return 'none';
          failed += 1;
          return given[failed - 1];
        },
      });
      const calm = await writeWith(server, clock, 'calm', { flavour });
      failing = true;
      const faulty = await writeWith(server, clock, 'faulty', { flavour });
      expect(calm.result.error).toBeUndefined();
      expect(faulty.result.error).toBeUndefined();
      expect(faulty.result.status).toBe('succeeded');
      expect(faulty.result.text).toBe(calm.result.text);
      expect(faulty.result.artifacts.map(({ path, sha256 }) => [path, sha256])).toEqual(
        calm.result.artifacts.map(({ path, sha256 }) => [path, sha256]),
      );
      expect(faulty.calls).toBeGreaterThan(calm.calls);
      // Three kinds and more, beside the calls that were answered.
      expect(faulty.faults.size).toBeGreaterThan(3);
      // Nothing that was cut is in the cache, and everything whole is: the next run calls nothing and writes the same.
      const calls = server.calls.length;
      const again = await writeWith(server, clock, 'faulty', { flavour });
      expect(server.calls).toHaveLength(calls);
      expect(again.result.text).toBe(calm.result.text);
    });
  },
);

describe('A truncated reply', () => {
  it('fails the run and is in no cache: the next run asks again', async () => {
    const clock = new ManualClock();
    await using server = await startFaultServer({
      clock,
      apiKey: key,
      script: (call) => (call === 1 ? 'truncate' : 'none'),
    });
    const quick = { flavour: 'openai', pipelineId: 'quick' } as const;
    const cut = await writeWith(server, clock, 'cut', quick);
    expect(cut.result).toMatchObject({ status: 'failed', error: { code: 'ERR_ORC_MODEL_TRUNCATED' } });
    const whole = await writeWith(server, clock, 'cut', quick);
    expect(whole.calls).toBe(1);
    expect(whole.result.status).toBe('succeeded');
    expect((await writeWith(server, clock, 'cut', quick)).calls).toBe(0);
  });
});

describe('The key', () => {
  it('is in nothing that a run wrote or told, whether it failed or not', async () => {
    const outcomes = [
      await write('whole', { failRate: 0.3, faults: passingFaults }, 'general'),
      await write('refused', { apiKey: 'another-key-0123456789' }, 'quick'),
      await write('broken', { failRate: 1, faults: ['cut'] }, 'quick', 1),
    ];
    expect(outcomes.map(({ result }) => result.status)).toEqual(['succeeded', 'failed', 'failed']);
    expect(outcomes[1]?.result.error?.code).toBe('ERR_ORC_MODEL_AUTH');
    const files = await filesUnder(folder);
    expect(files.size).toBeGreaterThan(10);
    for (const [file, text] of files) expect(text, file).not.toContain(key);
    expect(JSON.stringify(outcomes)).not.toContain(key);
  });
});
