/** What is kept under the content of a file was made of that content. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type Pipeline } from '../src/index.ts';
import { parsePipeline } from '../src/pipelines/index.ts';
import { finished, ofType } from './support/events.ts';
import { pipelineOf, request } from './support/one-phase.ts';

/** A phase that reads its file when it is let to; `begun` says that its key has been made. */
function reader(): { readonly pipeline: Pipeline; readonly begun: Promise<void>; readonly go: () => void } {
  const begun = deferred();
  const gate = deferred();
  const phase = definePhase({
    id: 'reader',
    kind: 'io',
    cache: true,
    uses: { request: ['input'], files: ['notes.md'] },
    run: async ({ request: { input = '' } }) => {
      begun.resolve();
      await gate.promise;
      return readFileSync(join(input, 'notes.md'), 'utf8');
    },
  });
  return { pipeline: pipelineOf(phase), begun: begun.promise, go: () => gate.resolve() };
}

test('a file that is edited while its phase runs: the result is used, said, and not kept', async () => {
  const input = folderOfTest();
  const notes = join(input, 'notes.md');
  const { pipeline, begun, go } = reader();
  await using orchestrator = createOrchestrator({ cache: { file: { dir: folderOfTest() } } });
  await writeFile(notes, 'old');
  const running = finished(orchestrator.run(pipeline, { ...request, input }));
  await begun;
  await writeFile(notes, 'new');
  go();
  const { text, events } = await running;
  expect(text).toBe('"new"');
  expect(ofType(events, 'degrade')).toMatchObject([{ what: 'files', message: expect.stringContaining('notes.md') }]);
  await writeFile(notes, 'old');
  expect(await orchestrator.run(pipeline, { ...request, input }).result).toMatchObject({ text: '"old"' });
});

test('nor does a resumption take it over', async () => {
  const input = folderOfTest();
  const notes = join(input, 'notes.md');
  const { pipeline: read, begun, go } = reader();
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: { read: read.phases[0] as never },
    retry: { attempts: 1 },
    run: ({ inputs }) => {
      if (broken) throw new Error('not yet');
      return JSON.stringify(inputs);
    },
  });
  let broken = true;
  const pipeline = pipelineOf(...read.phases, end);
  const dataDir = folderOfTest();
  await using orchestrator = createOrchestrator({ dataDir, cache: false });
  await writeFile(notes, 'old');
  const run = orchestrator.run(pipeline, { ...request, input });
  await begun;
  await writeFile(notes, 'new');
  go();
  expect((await run.result).status).toBe('failed');
  await writeFile(notes, 'old');
  broken = false;
  const resumed = await orchestrator.resume(run.sessionId, { pipelines: () => pipeline });
  expect((await resumed.result).text).toContain('old');
});

test('each task of a fan-out has the files that it names in its key, and no others', async () => {
  const input = folderOfTest();
  const done: string[] = [];
  const phase = definePhase({
    id: 'each',
    kind: 'io',
    cache: true,
    uses: { request: ['input'], files: ({ item }) => [item] },
    forEach: () => ['a.txt', 'b.txt'].map((key) => ({ key, value: key })),
    run: ({ item, request: { input: folder = '' } }) => (done.push(item), readFileSync(join(folder, item), 'utf8')),
  });
  const end = definePhase({ id: 'end', kind: 'compute', needs: { phase }, run: ({ inputs }) => inputs.phase });
  const pipeline = pipelineOf(phase, end);
  await using orchestrator = createOrchestrator();
  for (const [file, text] of [
    ['a.txt', 'one'],
    ['b.txt', 'two'],
  ] as const)
    await writeFile(join(input, file), text);
  await orchestrator.run(pipeline, { ...request, input }).result;
  await writeFile(join(input, 'b.txt'), 'TWO');
  const { text } = await orchestrator.run(pipeline, { ...request, input }).result;
  expect(text).toContain('TWO');
  expect(done.toSorted()).toEqual(['a.txt', 'b.txt', 'b.txt']);
});

test('a YAML phase that reads a file keeps what it read of it', async () => {
  const input = folderOfTest();
  const pipeline = await parsePipeline(`
id: notes
version: "1"
description: Reads
phases:
  - { id: notes, kind: read, files: [notes.md] }
  - { id: end, kind: template, needs: [notes], template: "{{#notes}}{{text}}{{/notes}}" }
result: { phase: end }
`);
  await using orchestrator = createOrchestrator();
  const texts: unknown[] = [];
  for (const text of ['one', 'two', 'one']) {
    await writeFile(join(input, 'notes.md'), text);
    const { text: shown, cache } = await orchestrator.run(pipeline, { ...request, input }).result;
    texts.push([shown, cache.hits]);
  }
  expect(texts).toEqual([
    ['one', 0],
    ['two', 0],
    ['one', 2],
  ]);
});

test.each([
  ['a folder', (path: string) => execFileSync('mkdir', [path])],
  ['a pipe that nobody writes to', (path: string) => execFileSync('mkfifo', [path])],
])('%s that is declared is refused in words', async (_, make) => {
  const input = folderOfTest();
  make(join(input, 'notes.md'));
  const { pipeline } = reader();
  await using orchestrator = createOrchestrator();
  const { error } = await orchestrator.run(pipeline, { ...request, input }).result;
  expect(error).toMatchObject({ code: 'ERR_ORC_REQUEST', message: expect.stringContaining('"notes.md"') });
});

test('what names files must give a list of them', async () => {
  const phase = definePhase({ id: 'phase', kind: 'compute', uses: { files: () => 'a.txt' as never }, run: () => 1 });
  await using orchestrator = createOrchestrator();
  const { error } = await orchestrator.run(pipelineOf(phase), request).result;
  expect(error).toMatchObject({ code: 'ERR_ORC_PHASE_FAILED', message: expect.stringContaining('uses.files') });
});
