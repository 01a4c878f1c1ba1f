import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type RunResult } from '../../src/index.ts';
import { pipelineOf, request } from '../support/one-phase.ts';

/** A source that never gives the same twice, large, what is made of it, what is not, and an end that needs all. */
function unsteady() {
  const state = { times: 0, broken: 'end', ran: [] as string[] };
  const did = (phase: string): void => {
    state.ran.push(phase);
    if (state.broken === phase) throw new Error(`${phase} fails`);
  };
  const source = definePhase({
    id: 'source',
    kind: 'compute',
    run: () => (did('source'), `source ${(state.times += 1)}\n`.repeat(10_000)),
  });
  const apart = definePhase({ id: 'apart', kind: 'compute', run: () => (did('apart'), 'apart') });
  const made = definePhase({
    id: 'made',
    kind: 'compute',
    needs: { source },
    run: ({ inputs }) => (did('made'), `made of ${inputs.source.slice(0, 8)}`),
  });
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: { source, made, apart },
    run: ({ inputs }) => (did('end'), [inputs.source.slice(0, 8), inputs.made, inputs.apart]),
  });
  return { state, pipeline: pipelineOf(source, apart, made, end) };
}

async function sessionOf(dataDir: string) {
  const { state, pipeline } = unsteady();
  await using orchestrator = createOrchestrator({ dataDir, cache: false });
  const { sessionId, sessionDir } = await orchestrator.run(pipeline, request).result;
  const resume = async (broken: string): Promise<RunResult> => {
    state.broken = broken;
    state.ran = [];
    await using again = createOrchestrator({ dataDir, cache: false });
    return await (
      await again.resume(sessionId, { pipelines: () => pipeline })
    ).result;
  };
  const outputs = join(sessionDir as string, 'outputs');
  return { state, resume, journal: join(sessionDir as string, 'journal.ndjson'), outputs };
}

async function onlyFile(folder: string): Promise<string> {
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0] as string);
}

test.each([
  ['is missing', (file: string) => rm(file)],
  ['is cut', (file: string) => truncate(file, 100)],
  ['holds another text', (file: string) => writeFile(file, 'another')],
])('what was made of an output whose file %s is made anew, and the rest is not', async (_, damage) => {
  using folder = temporaryFolder();
  const { state, resume, outputs } = await sessionOf(folder.dir);
  await damage(await onlyFile(outputs));
  const { text } = await resume('');
  expect(JSON.parse(text)).toEqual(['source 2', 'made of source 2', 'apart']);
  expect(state.ran).toEqual(['source', 'made', 'end']);
});

test('so it is when the resumption stopped between the two', async () => {
  using folder = temporaryFolder();
  const { state, resume, outputs } = await sessionOf(folder.dir);
  await rm(await onlyFile(outputs));
  expect((await resume('made')).status).toBe('failed');
  const { text } = await resume('');
  expect(JSON.parse(text)).toEqual(['source 2', 'made of source 2', 'apart']);
  expect(state.ran).toEqual(['made', 'end']);
});

test('so it is when the record itself is damaged', async () => {
  using folder = temporaryFolder();
  const { state, resume, journal } = await sessionOf(folder.dir);
  const text = await readFile(journal, 'utf8');
  await writeFile(journal, text.replace('"task":"source"', '"task":"saurce"'));
  expect(JSON.parse((await resume('')).text)).toEqual(['source 2', 'made of source 2', 'apart']);
  expect(state.ran).toEqual(['source', 'made', 'end']);
});
