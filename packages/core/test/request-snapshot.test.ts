/** A run has a request of its own, whatever its owner does with theirs. */
import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type Phase } from '../src/index.ts';
import { pipelineOf } from './support/one-phase.ts';

function shows(): { readonly phases: readonly [Phase, Phase]; readonly go: () => void; readonly begun: Promise<void> } {
  const gate = deferred();
  const started = deferred();
  const first = definePhase({
    id: 'first',
    kind: 'compute',
    run: async () => (started.resolve(), await gate.promise, 'first'),
  });
  const second = definePhase({
    id: 'second',
    kind: 'compute',
    needs: { first },
    uses: { request: ['text', 'options.tone', 'options.deep'] },
    run: ({ request }) => `${request.text} ${JSON.stringify(request.options)}`,
  });
  return { phases: [first, second], go: () => gate.resolve(), begun: started.promise };
}

test('a request that its owner changes while the run goes on changes neither the result nor what is kept', async () => {
  const { phases, go, begun } = shows();
  const pipeline = pipelineOf(...phases);
  await using orchestrator = createOrchestrator();
  const mine = { text: 'A', seed: 1, options: { tone: 'calm', deep: { list: [1] } } };
  const run = orchestrator.run(pipeline, mine);
  await begun;
  mine.text = 'B';
  mine.options.tone = 'angry';
  mine.options.deep.list.push(2);
  go();
  const expected = JSON.stringify('A {"deep":{"list":[1]},"tone":"calm"}');
  expect(await run.result).toMatchObject({ status: 'succeeded', text: expected });
  const clean = { text: 'A', seed: 1, options: { tone: 'calm', deep: { list: [1] } } };
  expect(await orchestrator.run(pipeline, clean).result).toMatchObject({ text: expected, cache: { hits: 2 } });
  const changed = await orchestrator.run(pipeline, mine).result;
  expect(changed.text).toBe(JSON.stringify('B {"deep":{"list":[1,2]},"tone":"angry"}'));
});

test('a request that is changed in the turn in which it was given is the one that was given', async () => {
  const { phases, go } = shows();
  go();
  await using orchestrator = createOrchestrator();
  const mine = { text: 'A', seed: 1 };
  const run = orchestrator.run(pipelineOf(...phases), mine);
  mine.text = 'B';
  expect((await run.result).text).toBe(JSON.stringify('A {}'));
});

test('a plan speaks of the request as it was given', async () => {
  const { phases } = shows();
  await using orchestrator = createOrchestrator();
  const mine = { text: 'A', seed: 1 };
  const planned = orchestrator.plan(pipelineOf(...phases), mine);
  mine.text = 'B';
  expect((await planned).request).toEqual({ text: 'A', seed: 1 });
});

test.each([
  ['without a cache folder', undefined],
  ['with a cache folder', 'cache'],
])('an option that is undefined is one that is not there, %s', async (_, kind) => {
  const { phases, go } = shows();
  go();
  const cache = kind === undefined ? undefined : { file: { dir: folderOfTest() } };
  await using orchestrator = createOrchestrator({ cache, prefetch: 'speculative', maxWorkers: 4 });
  const asked = { text: 'A', seed: 1, options: { tone: undefined } as never };
  const { status, text } = await orchestrator.run(pipelineOf(...phases), asked).result;
  expect([status, text]).toEqual(['succeeded', JSON.stringify('A {}')]);
});
