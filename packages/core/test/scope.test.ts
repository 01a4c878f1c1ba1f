/** What a run of one scope makes is never seen in another; what a phase does outside of its key is not used twice by itself. */
import { AsyncLocalStorage } from 'node:async_hooks';

import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type Phase } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const tenant = new AsyncLocalStorage<string>();

test('an io phase that says nothing of its cache is done in every run, one after the other and at once', async () => {
  const gate = deferred();
  const phase = definePhase({
    id: 'read',
    kind: 'io',
    run: async () => (await gate.promise, `${tenant.getStore()} secret`),
  });
  await using orchestrator = createOrchestrator({ maxWorkers: 4, cache: { file: { dir: folderOfTest() } } });
  const run = (name: string): Promise<string> =>
    tenant.run(name, async () => (await orchestrator.run(pipelineOf(phase), request).result).text);
  const both = [run('acme'), run('globex')];
  await new Promise(setImmediate);
  gate.resolve();
  expect(await Promise.all(both)).toEqual(['"acme secret"', '"globex secret"']);
  expect(await run('initech')).toBe('"initech secret"');
  expect((await orchestrator.plan(pipelineOf(phase), request)).phases).toMatchObject([{ cache: 'off' }]);
});

test.each([true, { ttl: 60_000 }])('an io phase that says so is kept: cache %j', async (cache) => {
  let runs = 0;
  const phase = definePhase({ id: 'read', kind: 'io', cache, run: () => (runs += 1) });
  await using orchestrator = createOrchestrator();
  for (let run = 0; run < 2; run += 1) await orchestrator.run(pipelineOf(phase), request).result;
  expect(runs).toBe(1);
});

test('an io phase is not repeated by a resumption, kept or not', async () => {
  let sent = 0;
  let broken = true;
  const send = definePhase({ id: 'send', kind: 'io', run: () => (sent += 1) });
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: { send },
    run: ({ inputs }) => {
      if (broken) throw new Error('not yet');
      return inputs.send;
    },
  });
  const pipeline = pipelineOf(send, end);
  await using orchestrator = createOrchestrator({ dataDir: folderOfTest() });
  const run = orchestrator.run(pipeline, request);
  expect((await run.result).status).toBe('failed');
  broken = false;
  const resumed = await orchestrator.resume(run.sessionId, { pipelines: () => pipeline });
  expect(await resumed.result).toMatchObject({ status: 'succeeded', text: '1' });
});

function counted(): { readonly phase: Phase; readonly runs: () => number; readonly go: () => void } {
  const gate = deferred();
  let runs = 0;
  const phase = definePhase({ id: 'work', kind: 'compute', run: async () => ((runs += 1), await gate.promise, runs) });
  return { phase, runs: () => runs, go: () => gate.resolve() };
}

test('runs of two scopes share neither results nor computations; those of one do', async () => {
  const { phase, runs, go } = counted();
  const pipeline = pipelineOf(phase);
  await using orchestrator = createOrchestrator({ maxWorkers: 8, cache: { file: { dir: folderOfTest() } } });
  const all = ['a', 'a', 'b', undefined].map((scope) => orchestrator.run(pipeline, request, { scope }).result);
  await new Promise(setImmediate);
  go();
  await Promise.all(all);
  expect(runs()).toBe(3);
  expect((await orchestrator.run(pipeline, request, { scope: 'b' }).result).cache.hits).toBe(1);
  expect((await orchestrator.run(pipeline, request, { scope: 'c' }).result).cache.hits).toBe(0);
});

test('plan, explain and prefetch look at the scope that they are given', async () => {
  const { phase, go } = counted();
  go();
  const pipeline = pipelineOf(phase);
  await using orchestrator = createOrchestrator();
  await orchestrator.prefetch(pipeline, [request], { scope: 'a' });
  const hits = async (scope?: string): Promise<number> =>
    (await orchestrator.plan(pipeline, request, { scope })).totals.hits;
  expect([await hits('a'), await hits('b'), await hits()]).toEqual([1, 0, 0]);
  expect((await orchestrator.explain(pipeline, request, 'work', { scope: 'a' })).cache).toBe('hit');
  expect((await orchestrator.explain(pipeline, request, 'work')).cache).toBe('miss');
});

test('a miss tells nothing of what another scope holds', async () => {
  const phase = definePhase({
    id: 'work',
    kind: 'compute',
    uses: { request: ['options.name'] },
    run: ({ request: asked }) => asked.options['name'] as string,
  });
  await using orchestrator = createOrchestrator();
  await orchestrator.run(pipelineOf(phase), { ...request, options: { name: 'hush' } }, { scope: 'a' }).result;
  const other = { ...request, options: { name: 'loud' } };
  const { events } = await finished(orchestrator.run(pipelineOf(phase), other, { scope: 'b' }));
  expect(ofType(events, 'task-miss')).toMatchObject([{ reason: 'this phase has no earlier result' }]);
});

test('a resumed session keeps its scope', async () => {
  let broken = true;
  const one = definePhase({ id: 'one', kind: 'compute', run: () => 1 });
  const two = definePhase({
    id: 'two',
    kind: 'compute',
    needs: { one },
    run: () => {
      if (broken) throw new Error('not yet');
      return 2;
    },
  });
  const pipeline = pipelineOf(one, two);
  await using orchestrator = createOrchestrator({ dataDir: folderOfTest(), model: fakeModel() });
  const run = orchestrator.run(pipeline, request, { scope: 'a' });
  await run.result;
  broken = false;
  await (
    await orchestrator.resume(run.sessionId, { pipelines: () => pipeline })
  ).result;
  expect((await orchestrator.plan(pipeline, request, { scope: 'a' })).totals.hits).toBe(2);
  expect((await orchestrator.plan(pipeline, request)).totals.hits).toBe(0);
});

test.each([
  ['a number', 1],
  ['an empty text', ''],
])('a scope that is %s is refused', async (_, scope) => {
  await using orchestrator = createOrchestrator();
  expect(() => orchestrator.run(pipelineOf(counted().phase), request, { scope: scope as string })).toThrow(
    /Expected `scope` to be a text/,
  );
});
