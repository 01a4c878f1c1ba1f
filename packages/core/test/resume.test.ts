import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import {
  createOrchestrator,
  definePhase,
  definePipeline,
  type OrchestratorOptions,
  type Phase,
  type Pipeline,
} from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

/** Three items, of which the last can be made to fail; `log` says what was really executed. */
function items(log: string[], broken: () => boolean): Pipeline {
  const list = definePhase({
    id: 'list',
    kind: 'compute',
    uses: { request: ['text'] },
    run: ({ request: asked }) => (log.push('list'), [1, 2, 3].map((n) => `${asked.text}${n}`)),
  });
  const work = definePhase({
    id: 'work',
    kind: 'compute',
    needs: { list },
    forEach: ({ inputs }) => inputs.list.map((value) => ({ key: value, value })),
    when: ({ item }) => item !== 'space2',
    run: ({ item }) => {
      log.push(item);
      if (item === 'space3' && broken()) throw new Error('the third fails');
      return item.toUpperCase();
    },
    artifacts: (output, { key }) => [{ path: `${key}.txt`, content: output }],
  });
  const join = definePhase({
    id: 'join',
    kind: 'compute',
    needs: { work },
    run: ({ inputs }) => (log.push('join'), inputs.work.map(({ value }) => value ?? '-').join(' ')),
    artifacts: (output) => [{ path: 'all.txt', content: output }],
  });
  return definePipeline({
    id: 'items',
    version: '1',
    description: '',
    phases: [list, work, join],
    result: { phase: join, text: (output) => output },
  });
}

test.each([
  ['the same strategy', {}],
  ['standard', { optimized: false }],
  ['one worker', { maxWorkers: 1 }],
] as [string, OrchestratorOptions][])(
  'a failed session goes on where it stopped, under %s, and ends like an uninterrupted one',
  async (_, options) => {
    using data = temporaryFolder();
    const log: string[] = [];
    let broken = true;
    const pipeline = items(log, () => broken);
    const uninterrupted = await finished(
      createOrchestrator().run(
        items([], () => false),
        request,
      ),
    );
    await using first = createOrchestrator({ dataDir: data.dir, cache: false, maxWorkers: 1 });
    const failed = await first.run(pipeline, request).result;
    expect(failed).toMatchObject({ status: 'failed', error: { message: 'the third fails' } });
    expect(log).toEqual(['list', 'space1', 'space3']);
    broken = false;
    log.length = 0;
    await using second = createOrchestrator({ dataDir: data.dir, cache: false, ...options });
    const run = await second.resume(failed.sessionId, { pipelines: () => pipeline });
    const resumed = await finished(run);
    expect(resumed.error).toBeUndefined();
    expect(resumed.text).toBe('SPACE1 - SPACE3');
    expect(resumed.text).toBe(uninterrupted.text);
    expect(resumed.artifacts).toEqual(uninterrupted.artifacts);
    expect(log).toEqual(['space3', 'join']);
    expect(resumed.events[0]).toMatchObject({
      type: 'run-start',
      resumed: true,
      restored: 3,
      sessionId: failed.sessionId,
    });
    expect(
      ofType(resumed.events, 'task-end')
        .filter(({ source }) => source === 'journal')
        .map(({ task }) => task),
    ).toEqual(['list', 'work[space1]', 'work[space2]']);
  },
);

test('a session that was copied elsewhere is resumed from its folder alone', async () => {
  using data = temporaryFolder();
  using elsewhere = temporaryFolder();
  let broken = true;
  const log: string[] = [];
  const pipeline = items(log, () => broken);
  await using first = createOrchestrator({ dataDir: data.dir });
  const { sessionId } = await first.run(pipeline, request).result;
  await cp(join(data.dir, 'sessions', sessionId), join(elsewhere.dir, 'sessions', sessionId), { recursive: true });
  broken = false;
  log.length = 0;
  await using second = createOrchestrator({ dataDir: elsewhere.dir });
  const { text, artifactsDir } = await (await second.resume(sessionId, { pipelines: () => pipeline })).result;
  expect(text).toBe('SPACE1 - SPACE3');
  expect(artifactsDir?.startsWith(elsewhere.dir)).toBe(true);
  expect(log).toEqual(['space3', 'join']);
});

test('a pipeline that was edited meanwhile takes over what still has the same key', async () => {
  using data = temporaryFolder();
  let broken = true;
  const log: string[] = [];
  await using first = createOrchestrator({ dataDir: data.dir, cache: false, maxWorkers: 1 });
  const pipeline = items(log, () => broken);
  const { sessionId } = await first.run(pipeline, request).result;
  broken = false;
  log.length = 0;
  const edited = definePipeline({
    ...pipeline,
    description: 'edited',
    result: { phase: pipeline.result.phase, text: (output) => `edited ${String(output)}` },
  });
  expect(edited.digest).not.toBe(pipeline.digest);
  const { text } = await (await first.resume(sessionId, { pipelines: () => edited })).result;
  expect(text).toBe('edited SPACE1 - SPACE3');
  expect(log).toEqual(['space3', 'join']);
});

test('a pipeline that was edited and edited back takes over nothing that the other version made', async () => {
  using data = temporaryFolder();
  const log: string[] = [];
  let broken = 'word';
  const versioned = (version: string): Pipeline => {
    const phase = (id: string, needs: Record<string, Phase>) =>
      definePhase({
        id,
        kind: 'compute',
        version,
        needs,
        run: () => {
          log.push(id + version);
          if (broken === id) throw new Error(`${id} fails`);
          return id + version;
        },
      });
    const word = phase('word', {});
    return pipelineOf(word, phase('book', { word }));
  };
  await using orchestrator = createOrchestrator({ dataDir: data.dir, cache: false });
  const { sessionId } = await orchestrator.run(versioned('1'), request).result;
  for (const [version, fails] of [
    ['2', 'book'],
    ['1', ''],
  ] as const) {
    broken = fails;
    await (
      await orchestrator.resume(sessionId, { pipelines: () => versioned(version) })
    ).result;
  }
  expect(log).toEqual(['word1', 'word2', 'book2', 'word1', 'book1']);
});

test('a session whose pipeline is not there is left as it was', async () => {
  using data = temporaryFolder();
  await using orchestrator = createOrchestrator({ dataDir: data.dir });
  const pipeline = items([], () => true);
  const { sessionId } = await orchestrator.run(pipeline, request).result;
  await expect(orchestrator.resume(sessionId, { pipelines: () => undefined })).rejects.toMatchObject({
    code: 'ERR_ORC_PIPELINE_NOT_FOUND',
  });
  await expect(orchestrator.resume('no-such', { pipelines: () => pipeline })).rejects.toMatchObject({
    code: 'ERR_ORC_SESSION_NOT_FOUND',
  });
  const run = await orchestrator.resume(sessionId, { pipelines: () => pipeline });
  expect((await run.result).status).toBe('failed');
});

test('a session that can not be resumed here is left unlocked: no model, no pipeline, no way to find one', async () => {
  using data = temporaryFolder();
  const write = definePhase({ id: 'write', kind: 'llm', prompt: () => 'write' });
  const pipeline = pipelineOf(write);
  await using first = createOrchestrator({ dataDir: data.dir, model: fakeModel() });
  const { sessionId } = await first.run(pipeline, request).result;
  await using second = createOrchestrator({ dataDir: data.dir });
  const run = await second.resume(sessionId, { pipelines: () => pipeline });
  await expect(run.result).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_MISSING' });
  await expect(second.resume(sessionId, { pipelines: () => ({}) as never })).rejects.toMatchObject({
    code: 'ERR_ORC_PIPELINE',
  });
  await expect(second.resume(sessionId, {} as never)).rejects.toMatchObject({ code: 'ERR_ORC_OPTION' });
  const again = await first.resume(sessionId, { pipelines: () => pipeline });
  expect((await again.result).status).toBe('succeeded');
});

test('artifacts that are not there any more are written again from what was recorded; what was changed is left alone', async () => {
  using data = temporaryFolder();
  const log: string[] = [];
  const leave = (id: string): Phase =>
    definePhase({
      id,
      kind: 'compute',
      run: () => (log.push(id), `text of ${id}`),
      artifacts: (output) => [{ path: `${id}.md`, content: output }],
    });
  const pipeline = pipelineOf(leave('gone'), leave('edited'), leave('kept'));
  await using orchestrator = createOrchestrator({ dataDir: data.dir });
  const { sessionId, artifactsDir = '' } = await orchestrator.run(pipeline, request).result;
  await rm(join(artifactsDir, 'gone.md'));
  await writeFile(join(artifactsDir, 'edited.md'), 'better');
  log.length = 0;
  const { artifacts } = await (await orchestrator.resume(sessionId, { pipelines: () => pipeline })).result;
  expect(artifacts.map(({ path }) => path)).toEqual(['edited.md', 'gone.md', 'kept.md']);
  expect(await readFile(join(artifactsDir, 'gone.md'), 'utf8')).toBe('text of gone');
  expect(await readFile(join(artifactsDir, 'edited.md'), 'utf8')).toBe('better');
  expect(log).toEqual([]);
});

test('a run leaves a session with its plan, its report and how it ended', async () => {
  using data = temporaryFolder();
  await using orchestrator = createOrchestrator({ dataDir: data.dir });
  const result = await orchestrator.run(
    items([], () => false),
    request,
    { sessionId: 'mine' },
  ).result;
  expect(result.sessionDir).toBe(join(data.dir, 'sessions', 'mine'));
  const { plan, summary, report } = await orchestrator.sessions.read('mine');
  expect(plan).toMatchObject({ request, pipeline: { id: 'items' }, strategy: { name: 'parallel' } });
  expect(summary).toMatchObject({ status: 'succeeded', tasksDone: 5 });
  expect(report).toMatchObject({ schema: 'orc.report/1', status: 'succeeded' });
  expect(JSON.parse(JSON.stringify(result.report))).toEqual(report);
  await expect(
    orchestrator.run(
      items([], () => false),
      request,
      { sessionId: 'mine' },
    ).result,
  ).rejects.toMatchObject({ code: 'ERR_ORC_SESSION_EXISTS' });
});
