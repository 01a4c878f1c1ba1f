import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, definePipeline, type Pipeline } from '../src/index.ts';
import { fakeModel } from './support/fake-model.ts';
import { request } from './support/one-phase.ts';

function story(prompt = 'write'): Pipeline {
  const idea = definePhase({
    id: 'idea',
    kind: 'llm',
    uses: { request: ['text'] },
    prompt: ({ request: asked }) => `idea ${asked.text}`,
  });
  const part = definePhase({
    id: 'part',
    kind: 'llm',
    needs: { idea },
    forEach: () => ['a', 'b', 'c'].map((key) => ({ key, value: key })),
    when: ({ item }) => item !== 'c',
    prompt: ({ item, inputs }) => `${prompt} ${item} of ${inputs.idea}`,
  });
  const stamp = definePhase({ id: 'stamp', kind: 'compute', cache: false, run: () => 'now' });
  const whole = definePhase({
    id: 'whole',
    kind: 'compute',
    needs: { part, stamp },
    run: ({ inputs }) => inputs.part.map(({ value }) => value ?? '').join(' '),
  });
  return definePipeline({
    id: 'story',
    version: '1',
    description: 'A story',
    phases: [idea, part, stamp, whole],
    result: { phase: whole, text: (output) => output },
  });
}

test('before the first run, a plan knows the first keys alone, and executes nothing', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model, maxWorkers: 4 });
  const plan = await orchestrator.plan(story(), request);
  expect(model.calls).toEqual([]);
  expect(plan.strategy).toMatchObject({ name: 'parallel', workers: 4 });
  expect(plan.phases.map(({ id, cache, reason }) => [id, cache, reason])).toEqual([
    ['idea', 'miss', 'this phase has no earlier result'],
    ['part', 'unknown', 'depends on the output of `idea`'],
    ['stamp', 'off', 'the phase is never cached'],
    ['whole', 'unknown', 'depends on the output of `part`, `stamp`'],
  ]);
  expect(plan.totals).toMatchObject({ tasks: 4, calls: 2, costUsd: 0, hits: 0, misses: 2, unknown: 2 });
});

test('of the phases that an unknown one waits for, a plan names the nearest', async () => {
  const first = definePhase({ id: 'first', kind: 'compute', run: () => 1 });
  const second = definePhase({ id: 'second', kind: 'compute', needs: { first }, run: () => 2 });
  const beside = definePhase({ id: 'beside', kind: 'compute', needs: { first }, run: () => 3 });
  const last = definePhase({ id: 'last', kind: 'compute', needs: { first, second, beside }, run: () => 4 });
  await using orchestrator = createOrchestrator({});
  const phases = [first, second, beside, last];
  const line = definePipeline({
    id: 'line',
    version: '1',
    description: 'A line',
    phases,
    result: { phase: last, text: String },
  });
  const plan = await orchestrator.plan(line, request);
  expect(plan.phases.at(-1)?.reason).toBe('depends on the output of `second`, `beside`');
});

test('after a run, a plan hits as far as the keys are known, and takes nothing for it', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  await orchestrator.run(story(), request).result;
  const plan = await orchestrator.plan(story(), request);
  expect(plan.phases.map(({ id, cache, tier, known }) => [id, cache, tier, known])).toEqual([
    ['idea', 'hit', 'memory', { tasks: 1, hits: 1 }],
    ['part', 'hit', 'memory', { tasks: 3, hits: 3 }],
    ['stamp', 'off', undefined, { tasks: 1, hits: 0 }],
    ['whole', 'unknown', undefined, { tasks: 1, hits: 0 }],
  ]);
  expect(plan.totals).toMatchObject({ calls: 0, costUsd: 0 });
});

test('what a plan says is what the run then does', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  await orchestrator.run(story(), request).result;
  for (const [pipeline, asked, options] of [
    [story('sing'), request, {}],
    [story(), { ...request, seed: 2 }, {}],
    [story(), request, { fresh: true }],
    [story(), request, { cache: false }],
  ] as const) {
    const plan = await orchestrator.plan(pipeline, asked, options);
    const before = model.calls.length;
    await orchestrator.run(pipeline, asked, options).result;
    const misses = plan.phases.filter(({ id, cache }) => cache !== 'hit' && (id === 'idea' || id === 'part'));
    const expected = misses.reduce((sum, { id }) => sum + (id === 'idea' ? 1 : 2), 0);
    expect(model.calls.length - before).toBe(expected);
  }
});

test('a miss is explained by what differs from the nearest earlier key', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  await orchestrator.run(story(), request).result;
  const reasons = async (pipeline: Pipeline, asked = request): Promise<Record<string, string>> =>
    Object.fromEntries((await orchestrator.plan(pipeline, asked)).phases.map(({ id, reason }) => [id, reason]));
  expect(await reasons(story(), { ...request, text: 'sea' })).toMatchObject({ idea: 'the request text changed' });
  expect(await reasons(story(), { ...request, seed: 2 })).toMatchObject({
    idea: '`seed` of the request changed (1 → 2)',
  });
  const explained = await orchestrator.explain(story('sing'), request, 'part');
  expect(explained).toMatchObject({ phase: 'part', cache: 'miss', reason: '2 of 3 tasks: the prompt changed' });
  expect(explained.tasks.map(({ task, cache }) => [task, cache])).toEqual([
    ['part[a]', 'miss'],
    ['part[b]', 'miss'],
    ['part[c]', 'skip'],
  ]);
  expect(explained.tasks[0]).toMatchObject({
    parts: { phase: 'part', model: 'fake/echo', item: 'a' },
    differences: [{ part: 'prompt' }],
  });
  await expect(orchestrator.explain(story(), request, 'nothing')).rejects.toMatchObject({
    code: 'ERR_ORC_PHASE',
    hint: expect.stringContaining('idea'),
  });
});

test('a miss is explained across processes from what the cache folder keeps beside the values', async () => {
  using cache = temporaryFolder();
  {
    await using orchestrator = createOrchestrator({ model: fakeModel(), cache: { file: { dir: cache.dir } } });
    await orchestrator.run(story(), request).result;
  }
  await using orchestrator = createOrchestrator({
    model: fakeModel({ id: 'fake/better' }),
    cache: { file: { dir: cache.dir } },
  });
  const [idea] = (await orchestrator.plan(story(), request)).phases;
  expect(idea).toMatchObject({
    cache: 'miss',
    reason: "the model changed (fake/echo → fake/better) and the model's settings changed",
  });
});

test('a plan estimates calls, tokens, money and time from past runs', async () => {
  using data = temporaryFolder();
  const model = fakeModel({ priced: true, costUsd: 0.25 });
  await using orchestrator = createOrchestrator({ model, dataDir: data.dir });
  await orchestrator.run(story(), request).result;
  const plan = await orchestrator.plan(story(), { ...request, text: 'sea' });
  expect(
    plan.phases.map(({ id, expected }) => [id, expected.tasks, expected.calls, expected.tokens, expected.costUsd]),
  ).toEqual([
    ['idea', 1, 1, 15, 0.25],
    ['part', 3, 3, 45, 0.75],
    ['stamp', 1, 0, 0, 0],
    ['whole', 1, 0, 0, 0],
  ]);
  expect(plan.totals).toMatchObject({
    tasks: 6,
    calls: 4,
    tokens: 60,
    costUsd: 1,
    ms: expect.any(Number),
    criticalMs: expect.any(Number),
  });
});

test('a model whose price is not known makes the cost unknown, never zero', async () => {
  await using orchestrator = createOrchestrator({ model: fakeModel({ priced: 'unknown' }) });
  expect((await orchestrator.plan(story(), request)).totals.costUsd).toBeNull();
});
