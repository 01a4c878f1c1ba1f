import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { deferred } from '../../../test-support/deferred.ts';
import { createOrchestrator, definePhase } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

test('equal work of many runs at once is done once', async () => {
  let runs = 0;
  const go = deferred();
  const phase = definePhase({
    id: 'phase',
    kind: 'io',
    cache: true,
    run: async () => ((runs += 1), await go.promise, 'once'),
  });
  await using orchestrator = createOrchestrator({ maxWorkers: 16 });
  const all = Array.from({ length: 10 }, () => orchestrator.run(pipelineOf(phase), request).result);
  await new Promise(setImmediate);
  go.resolve();
  const results = await Promise.all(all);
  expect(new Set(results.map(({ text }) => text))).toEqual(new Set(['"once"']));
  expect(runs).toBe(1);
  expect(results.reduce((sum, { cache }) => sum + cache.misses, 0)).toBe(1);
});

test('equal work of two orchestrators on one cache folder is done once', async () => {
  using cache = temporaryFolder();
  let runs = 0;
  const started = deferred();
  const go = deferred();
  const phase = definePhase({
    id: 'phase',
    kind: 'io',
    cache: true,
    run: async () => ((runs += 1), started.resolve(), await go.promise, 'once'),
  });
  const options = { cache: { file: { dir: cache.dir } } };
  await using one = createOrchestrator(options);
  await using two = createOrchestrator(options);
  const first = one.run(pipelineOf(phase), request).result;
  await started.promise;
  const second = two.run(pipelineOf(phase), request).result;
  await new Promise(setImmediate);
  go.resolve();
  expect((await first).text).toBe('"once"');
  expect((await second).text).toBe('"once"');
  expect(runs).toBe(1);
});

test('a run that computes everything anew still does equal work once, and keeps the new results', async () => {
  let call = 0;
  const model = fakeModel({ reply: () => `reply ${(call += 1)}` });
  const phase = definePhase({ id: 'phase', kind: 'llm', prompt: () => 'write' });
  await using orchestrator = createOrchestrator({ model });
  const texts: string[] = [];
  for (const fresh of [false, false, true, false])
    texts.push((await orchestrator.run(pipelineOf(phase), request, { fresh }).result).text);
  expect(texts).toEqual(['"reply 1"', '"reply 1"', '"reply 2"', '"reply 2"']);
});

test('a run with the cache off neither reads nor fills it', async () => {
  const model = fakeModel();
  const phase = definePhase({ id: 'phase', kind: 'llm', prompt: () => 'write' });
  await using orchestrator = createOrchestrator({ model });
  await orchestrator.run(pipelineOf(phase), request, { cache: false }).result;
  expect(orchestrator.cache?.stats().size).toBe(0);
  await orchestrator.run(pipelineOf(phase), request).result;
  await orchestrator.run(pipelineOf(phase), request, { cache: false }).result;
  expect(model.calls).toHaveLength(3);
});
