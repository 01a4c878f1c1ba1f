import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type OrcEvent } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

const plan = definePhase({
  id: 'plan',
  kind: 'llm',
  uses: { request: ['text'] },
  prompt: ({ request: asked }) => `plan ${asked.text}`,
});
const write = definePhase({
  id: 'write',
  kind: 'llm',
  needs: { plan },
  prompt: ({ inputs }) => `write ${inputs.plan}`,
});
const end = definePhase({ id: 'end', kind: 'compute', needs: { write }, run: ({ inputs }) => inputs.write });
const pipeline = pipelineOf(plan, write, end);

test('keys that are known from the last run are fetched from the slow tiers in one sweep', async () => {
  using cache = temporaryFolder();
  const options = { model: fakeModel(), cache: { file: { dir: cache.dir } } };
  {
    await using orchestrator = createOrchestrator(options);
    const { events } = await finished(orchestrator.run(pipeline, request));
    expect(ofType(events, 'prefetch-start')).toEqual([]);
  }
  await using orchestrator = createOrchestrator(options);
  const { events, cache: used, report } = await finished(orchestrator.run(pipeline, request));
  expect(ofType(events, 'prefetch-start')).toMatchObject([{ mode: 'known', keys: 3 }]);
  expect(ofType(events, 'prefetch-end')).toMatchObject([{ mode: 'known', found: 3 }]);
  expect(ofType(events, 'task-hit').map(({ tier }) => tier)).toEqual(['memory', 'memory', 'memory']);
  expect(used.misses).toBe(0);
  expect(report.prefetch).toMatchObject({ keys: 3, found: 3 });
});

test('without prefetch nothing is swept up', async () => {
  using cache = temporaryFolder();
  const options = { model: fakeModel(), prefetch: 'off' as const, cache: { file: { dir: cache.dir } } };
  for (let time = 0; time < 2; time += 1) {
    await using orchestrator = createOrchestrator(options);
    const { events } = await finished(orchestrator.run(pipeline, request));
    expect(ofType(events, 'prefetch-start')).toEqual([]);
  }
});

test('requests that were run ahead are hits, and leave no session', async () => {
  using data = temporaryFolder();
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model, dataDir: data.dir });
  const events: OrcEvent[] = [];
  const summary = await orchestrator.prefetch(pipeline, [request, { text: 'sea', seed: 1 }], {
    onEvent: (event) => events.push(event),
  });
  expect(summary).toEqual({ ready: 2, missed: [], made: 6, found: 0, costUsd: 0 });
  expect(ofType(events, 'prefetch-start').map(({ mode }) => mode)).toEqual(['ahead', 'ahead']);
  expect(await orchestrator.sessions.list()).toEqual([]);
  const result = await orchestrator.run(pipeline, request).result;
  expect(result.cache.misses).toBe(0);
  expect(model.calls).toHaveLength(4);
});

test('running ahead stops at its budget', async () => {
  const model = fakeModel({ costUsd: 1, priced: true });
  await using orchestrator = createOrchestrator({ model });
  const summary = await orchestrator.prefetch(
    pipeline,
    ['a', 'b', 'c'].map((text) => ({ text, seed: 1 })),
    { budgetUsd: 3 },
  );
  expect(model.calls).toHaveLength(3);
  expect(summary).toMatchObject({ ready: 1, costUsd: 3 });
  expect(summary.missed.map(({ request: { text }, error }) => [text, error.code])).toEqual([
    ['b', 'ERR_ORC_BUDGET'],
    ['c', 'ERR_ORC_BUDGET'],
  ]);
});

test('running ahead stays within its budget, as far as what it ran tells', async () => {
  const model = fakeModel({ costUsd: 0.4, priced: true });
  await using orchestrator = createOrchestrator({ model });
  const write = pipelineOf(
    definePhase({ id: 'write', kind: 'llm', uses: { request: ['text'] }, prompt: (of) => of.request.text }),
  );
  const summary = await orchestrator.prefetch(
    write,
    ['a', 'b', 'c', 'd'].map((text) => ({ text, seed: 1 })),
    { budgetUsd: 1 },
  );
  expect(summary).toMatchObject({ ready: 2, costUsd: 0.8 });
});

test('a request that is none is missed, and the others are run', async () => {
  await using orchestrator = createOrchestrator({ model: fakeModel() });
  const summary = await orchestrator.prefetch(pipeline, [{ text: 3 } as never, { text: 'a', seed: 1 }]);
  expect(summary).toMatchObject({ ready: 1, missed: [{ request: { text: 3 }, error: { code: 'ERR_ORC_REQUEST' } }] });
  await expect(orchestrator.prefetch(pipeline, 3 as never)).rejects.toMatchObject({ code: 'ERR_ORC_OPTION' });
});

test('there is nothing to run ahead into without a cache', async () => {
  await using orchestrator = createOrchestrator({ model: fakeModel(), cache: false });
  await expect(orchestrator.prefetch(pipeline, [request])).rejects.toMatchObject({ code: 'ERR_ORC_OPTION' });
});
