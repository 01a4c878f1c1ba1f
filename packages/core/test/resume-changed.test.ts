/** A session that is resumed in another world takes over what its key still is true of, and says so. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type OrchestratorOptions, type Pipeline } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

interface World {
  readonly done: string[];
  broken: boolean;
}

function pipelineIn(world: World): Pipeline {
  const tone = definePhase({
    id: 'tone',
    kind: 'compute',
    uses: { env: ['TONE'] },
    run: ({ env }) => (world.done.push('tone'), String(env['TONE'])),
  });
  const notes = definePhase({
    id: 'notes',
    kind: 'io',
    uses: { request: ['input'], files: ['notes.md'] },
    run: ({ request: { input = '' } }) => (world.done.push('notes'), readFileSync(join(input, 'notes.md'), 'utf8')),
  });
  const item = definePhase({
    id: 'item',
    kind: 'compute',
    uses: { env: ['TONE'] },
    forEach: ({ env }) => [{ key: 'k', value: String(env['TONE']) }],
    run: ({ item: value }) => (world.done.push('item'), `item ${value}`),
  });
  const reply = definePhase({ id: 'reply', kind: 'llm', prompt: () => 'x' });
  const alone = definePhase({ id: 'alone', kind: 'compute', run: () => (world.done.push('alone'), 'alone') });
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: { tone, notes, item, reply, alone },
    run: ({ inputs }) => {
      if (world.broken) throw new Error('not yet');
      return inputs;
    },
  });
  return pipelineOf(tone, notes, item, reply, alone, end);
}

const model = (name: string): OrchestratorOptions['model'] => fakeModel({ identity: { name }, reply: () => name });

test.each([
  ['nothing', {}, 'old', []],
  ['a variable', { env: { TONE: 'angry' } }, 'old', ['tone', 'item']],
  ['a file', {}, 'new', ['notes']],
  ['the model', { model: model('two') }, 'old', []],
  ['all of them', { env: { TONE: 'angry' }, model: model('two') }, 'new', ['tone', 'item', 'notes']],
] as [string, OrchestratorOptions, string, string[]][])('%s changed', async (what, changes, content, again) => {
  const input = folderOfTest();
  const world: World = { done: [], broken: true };
  const pipeline = pipelineIn(world);
  const settings: OrchestratorOptions = {
    dataDir: folderOfTest(),
    cache: false,
    env: { TONE: 'calm' },
    model: model('one'),
  };
  await writeFile(join(input, 'notes.md'), 'old');
  const first = createOrchestrator(settings);
  const run = first.run(pipeline, { ...request, input });
  expect((await run.result).status).toBe('failed');
  await first.close();

  await writeFile(join(input, 'notes.md'), content);
  Object.assign(world, { broken: false });
  world.done.length = 0;
  const now = { ...settings, ...changes };
  await using second = createOrchestrator(now);
  const resumed = await finished(await second.resume(run.sessionId, { pipelines: () => pipeline }));
  await using clean = createOrchestrator({ ...now, dataDir: undefined });
  expect(world.done.toSorted()).toEqual(again.toSorted());
  expect(resumed.text).toBe((await clean.run(pipeline, { ...request, input }).result).text);
  expect(ofType(resumed.events, 'degrade').map((event) => event.what)).toEqual(what === 'nothing' ? [] : ['resume']);
});

test('a session that was resumed in another world goes by keys when the old one is back', async () => {
  const world: World = { done: [], broken: true };
  const input = folderOfTest();
  await writeFile(join(input, 'notes.md'), 'old');
  const pipeline = pipelineIn(world);
  const settings: OrchestratorOptions = { dataDir: folderOfTest(), cache: false, model: model('one') };
  const texts: string[] = [];
  let session = '';
  for (const [TONE, broken] of [
    ['calm', true],
    ['angry', true],
    ['calm', false],
  ] as const) {
    world.broken = broken;
    await using orchestrator = createOrchestrator({ ...settings, env: { TONE } });
    const run =
      session === ''
        ? orchestrator.run(pipeline, { ...request, input })
        : await orchestrator.resume(session, { pipelines: () => pipeline });
    session = run.sessionId;
    texts.push((await run.result).text);
  }
  expect(JSON.parse(texts[2] as string)).toMatchObject({ tone: 'calm', item: [{ value: 'item calm' }] });
});
