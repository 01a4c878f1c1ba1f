import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { defineTask, SchedulerError } from '@orc/scheduler';
import { faultyTier } from '@orc/cache/testing';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type RemotePhaseRunner } from '../src/index.ts';
import { runOnThread } from '../src/run/thread-work.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const model = fakeModel();
const write = definePhase({ id: 'write', kind: 'llm', prompt: () => 'write' });
const words = definePhase({ id: 'words', kind: 'compute', needs: { write }, run: ({ inputs }) => inputs.write.length });

test('a cache folder that can not be made: the run keeps results in memory alone, and says so once', async () => {
  using place = temporaryFolder();
  const file = join(place.dir, 'file');
  await writeFile(file, 'not a folder');
  await using orchestrator = createOrchestrator({ model, cache: { file: { dir: join(file, 'cache') } } });
  const first = await finished(orchestrator.run(pipelineOf(write, words), request));
  expect(first.status).toBe('succeeded');
  expect(first.degradations).toEqual([{ what: 'cache', message: expect.stringContaining('memory alone') }]);
  expect(ofType(first.events, 'degrade')).toHaveLength(1);
  const second = await orchestrator.run(pipelineOf(write, words), request).result;
  expect(second.cache).toMatchObject({ hits: 2, misses: 0 });
});

test('a shared tier that is down: the run goes on without it, and says so once', async () => {
  const tier = faultyTier({ failRate: 1, seed: 1 });
  await using orchestrator = createOrchestrator({ model, cache: { tiers: [tier] } });
  const result = await finished(orchestrator.run(pipelineOf(write, words), request));
  expect(result.status).toBe('succeeded');
  expect(ofType(result.events, 'degrade').map(({ what }) => what)).toEqual(['tier']);
});

test('a data folder that can not be written: the run is refused before the first call', async () => {
  using place = temporaryFolder();
  const file = join(place.dir, 'file');
  await writeFile(file, 'not a folder');
  const asked = fakeModel();
  await using orchestrator = createOrchestrator({ model: asked, dataDir: file });
  const run = orchestrator.run(pipelineOf(write), request);
  await expect(run.result).rejects.toMatchObject({ code: 'ERR_ORC_DATA_DIR', hint: expect.stringMatching(/\S/) });
  expect(asked.calls).toEqual([]);
});

test('threads that can not start: cpu phases run on the main thread, which is said once', async () => {
  const said: unknown[] = [];
  const run = {
    hub: { emit: () => undefined },
    degradations: { has: () => said.length > 0, say: (what: string) => said.push(what) },
  };
  const slot = {
    thread: () => Promise.reject(new SchedulerError('ERR_SCHEDULER_THREADS_UNAVAILABLE', 'no threads')),
  };
  const task = defineTask<{ text: string }, { words: number }>({
    module: new URL('fixtures/count-words.mjs', import.meta.url),
    export: 'countWords',
  });
  const work = { task: 't', phase: 'p', attempt: 1, timeoutMs: undefined, signal: new AbortController().signal };
  for (const text of ['one two', 'three']) {
    const { value, threadId } = await runOnThread(run as never, slot, task, { text }, work);
    expect(value).toEqual({ words: text.split(' ').length });
    expect(threadId).toBeUndefined();
  }
  expect(said).toEqual(['threads']);
});

function remote(connect: () => Promise<void>, run: RemotePhaseRunner['run']): RemotePhaseRunner {
  return { name: 'redis', connect, run, close: async () => undefined };
}

const a = definePhase({ id: 'a', kind: 'io', run: () => 'a' });
const b = definePhase({ id: 'b', kind: 'io', run: () => 'b' });
const c = definePhase({ id: 'c', kind: 'io', local: true, run: () => 'c' });
const all = definePhase({
  id: 'all',
  kind: 'compute',
  needs: { a, b, c },
  run: ({ inputs }) => Object.values(inputs).join(''),
});

test('a broker that can not be reached: the run stays on this machine, and says so', async () => {
  await using orchestrator = createOrchestrator({
    remote: remote(
      () => Promise.reject(new Error('refused')),
      () => Promise.reject(new Error('unused')),
    ),
  });
  const result = await finished(orchestrator.run(pipelineOf(a, b, c, all), request));
  expect(result).toMatchObject({
    status: 'succeeded',
    text: '"abc"',
    strategy: { name: 'parallel' },
    degradations: [{ what: 'broker' }],
  });
  // A plan does not promise what the run will not do.
  expect((await orchestrator.plan(pipelineOf(a, b, c, all), request)).strategy).toEqual(result.strategy);
});

test('a broker that is lost: what was sent runs here, and says so once', async () => {
  let asked = 0;
  await using orchestrator = createOrchestrator({
    remote: remote(
      async () => undefined,
      () => {
        asked += 1;
        return Promise.reject(Object.assign(new Error('gone'), { code: 'ERR_ORC_BROKER' }));
      },
    ),
  });
  const result = await finished(orchestrator.run(pipelineOf(a, b, c, all), request));
  expect(result).toMatchObject({
    status: 'succeeded',
    text: '"abc"',
    strategy: { name: 'distributed' },
    degradations: [{ what: 'broker' }],
  });
  expect(asked).toBe(2);
});

test('a broker gets what is not local, as plain data, and its worker is named', async () => {
  const requests: unknown[] = [];
  await using orchestrator = createOrchestrator({
    remote: remote(
      async () => undefined,
      async (sent) => {
        requests.push(JSON.parse(JSON.stringify(sent)));
        return { value: sent.phase.toUpperCase(), complete: true, worker: 'elsewhere' };
      },
    ),
  });
  const result = await finished(orchestrator.run(pipelineOf(a, b, c, all), request));
  expect(result.text).toBe('"ABc"');
  expect(requests).toMatchObject([
    { phase: 'a', task: 'a', attempt: 1, request },
    { phase: 'b', task: 'b' },
  ]);
  expect(
    ofType(result.events, 'task-end')
      .filter(({ worker }) => worker === 'elsewhere')
      .map(({ task }) => task)
      .toSorted(),
  ).toEqual(['a', 'b']);
});

test('a session whose folder is taken away while it runs: the run says that it is not recorded', async () => {
  using data = temporaryFolder();
  await using orchestrator = createOrchestrator({ dataDir: data.dir });
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    run: () => (rmSync(join(data.dir, 'sessions'), { recursive: true }), 1),
  });
  const { status, degradations } = await orchestrator.run(pipelineOf(phase), request).result;
  expect(status).toBe('succeeded');
  expect(degradations).toEqual([{ what: 'report', message: expect.stringContaining('its lock is gone') }]);
});
