/** Functions of a definition that are asked for at once must not be async: a promise would be taken as a "yes". */
import { fileURLToPath } from 'node:url';

import { defineTask } from '@orc/scheduler';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createOrchestrator, definePhase, definePipeline, type OrchestratorOptions, type Phase } from '../src/index.ts';
import { finished } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request, runOf } from './support/one-phase.ts';

const rejections: unknown[] = [];
const keep = (error: unknown): void => void rejections.push(error);
beforeEach(() => void process.on('unhandledRejection', keep));
afterEach(async () => {
  // A rejection that nobody looks after is told a turn later.
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  process.off('unhandledRejection', keep);
  expect(rejections.splice(0)).toEqual([]);
});

const rejecting = (): never => Promise.reject(new Error('thrown where nobody waits')) as never;
const item = [{ key: 'a', value: 1 }];
const fan = definePhase({ id: 'fan', kind: 'compute', forEach: () => item, run: () => 1 });
const turn = defineTask<unknown, string>({
  module: fileURLToPath(new URL('fixtures/turn-task.mjs', import.meta.url)),
  export: 'turn',
});
const end = (needs: Phase): Phase => definePhase({ id: 'end', kind: 'compute', needs: { needs }, run: () => 'end' });

const cases: readonly (readonly [string, () => Phase])[] = [
  ['when', () => definePhase({ id: 'p', kind: 'compute', when: rejecting, run: () => 1 })],
  ['forEach', () => definePhase({ id: 'p', kind: 'compute', forEach: rejecting, run: () => 1 })],
  ['prompt', () => definePhase({ id: 'p', kind: 'llm', prompt: rejecting })],
  ['taskInput', () => definePhase({ id: 'p', kind: 'cpu', taskInput: rejecting, run: turn })],
  ['artifacts', () => definePhase({ id: 'p', kind: 'compute', artifacts: rejecting, run: () => 1 })],
  ['cache.when', () => definePhase({ id: 'p', kind: 'compute', cache: { when: rejecting }, run: () => 1 })],
  ['loop.score', () => definePhase({ id: 'p', kind: 'compute', loop: { max: 2, score: rejecting }, run: () => 1 })],
  [
    'loop.until',
    () =>
      definePhase({
        id: 'p',
        kind: 'compute',
        loop: { max: 2, score: () => 1, until: rejecting },
        run: () => 1,
      }),
  ],
];

test.each(cases)('an async `%s` fails the run and is named', async (member, make) => {
  const phase = make();
  const { status, error } = await runOf(phase.fanOut || phase.conditional ? [phase, end(phase)] : [phase]);
  expect(status).toBe('failed');
  expect(error).toMatchObject({ code: 'ERR_ORC_PHASE_FAILED', phase: 'p', hint: expect.stringContaining('async') });
  expect(error?.message).toContain(`\`${member}\` of phase \`p\` to answer at once, got a promise`);
});

test('async nested items are refused', async () => {
  const nested = definePhase({
    id: 'p',
    kind: 'compute',
    forEach: { phase: fan, items: rejecting },
    run: () => 1,
  });
  const { error } = await runOf([fan, nested, end(nested)]);
  expect(error).toMatchObject({ code: 'ERR_ORC_PHASE_FAILED', message: expect.stringContaining('`forEach.items`') });
});

test.each(['text', 'title', 'words', 'wordsAsked'])('an async `result.%s` is refused', async (member) => {
  const phase = definePhase({ id: 'phase', kind: 'compute', run: () => 1 });
  const pipeline = definePipeline({
    id: 'p',
    version: '1',
    description: '',
    phases: [phase],
    result: { phase, text: String, [member]: rejecting },
  });
  await using orchestrator = createOrchestrator();
  const { status, error } = await finished(orchestrator.run(pipeline, request));
  expect(status).toBe('failed');
  expect(error?.message).toContain(`\`result.${member}\` of the pipeline to answer at once`);
});

test('a plan says so, and goes on', async () => {
  await using orchestrator = createOrchestrator();
  const phase = definePhase({ id: 'p', kind: 'compute', when: rejecting, run: () => 1 });
  const { phases } = await orchestrator.plan(pipelineOf(phase, end(phase)), request);
  expect(phases[0]).toMatchObject({ cache: 'unknown', reason: expect.stringContaining('`when`') });
});

test('an output that holds a promise is no JSON, and its rejection is looked after', async () => {
  const { error } = await runOf([definePhase({ id: 'p', kind: 'compute', run: () => ({ inner: rejecting() }) })]);
  expect(error).toMatchObject({ code: 'ERR_ORC_OUTPUT_NOT_JSON', message: expect.stringContaining('a promise') });
});

test('`models` hands out clients, not promises', async () => {
  const options: OrchestratorOptions = { models: rejecting, model: fakeModel() };
  await using orchestrator = createOrchestrator(options);
  const phase = definePhase({ id: 'p', kind: 'llm', model: { model: 'other/one' }, prompt: () => 'a' });
  await expect(orchestrator.run(pipelineOf(phase), request).result).rejects.toMatchObject({
    code: 'ERR_ORC_OPTION',
    message: expect.stringContaining('got a promise'),
  });
});

test('an async listener that rejects is a degradation', async () => {
  await using orchestrator = createOrchestrator();
  const run = orchestrator.run(pipelineOf(definePhase({ id: 'p', kind: 'compute', run: () => 1 })), request);
  run.subscribe(rejecting);
  const { status, degradations } = await run.result;
  expect(status).toBe('succeeded');
  expect(degradations).toMatchObject([{ what: 'listener' }]);
});
