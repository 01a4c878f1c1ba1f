/** A phase's version is a digest of where its work comes from: function text, worker module, YAML definition. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { defineTask } from '@orc/scheduler';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';
import { createOrchestrator, definePhase, type Orchestrator, type Pipeline } from '../src/index.ts';
import { parsePipeline } from '../src/pipelines/index.ts';
import { ofType, finished } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';
import { pipelineOf, request } from './support/one-phase.ts';

/** The phases that a run executed, with why. */
async function missed(orchestrator: Orchestrator, pipeline: Pipeline): Promise<readonly string[]> {
  const { status, events } = await finished(orchestrator.run(pipeline, request));
  expect(status).toBe('succeeded');
  return ofType(events, 'task-miss').map(({ phase, reason }) => `${phase}: ${reason}`);
}

const changed = "the phase's source or version changed";

test('misses: another function text', async () => {
  await using orchestrator = createOrchestrator();
  const of = (run: () => number): Pipeline => pipelineOf(definePhase({ id: 'work', kind: 'compute', run }));
  await missed(
    orchestrator,
    of(() => 1),
  );
  expect(
    await missed(
      orchestrator,
      of(() => 1),
    ),
  ).toEqual([]);
  expect(
    await missed(
      orchestrator,
      of(() => 2),
    ),
  ).toEqual([`work: ${changed}`]);
});

test('misses: another worker module, or another export of it; a copy of it somewhere else hits', async () => {
  using one = temporaryFolder();
  using two = temporaryFolder();
  await using orchestrator = createOrchestrator();
  const of = (dir: string, name = 'work'): Pipeline => {
    const module = pathToFileURL(join(dir, 'task.mjs'));
    return pipelineOf(
      definePhase({ id: 'work', kind: 'cpu', run: defineTask<unknown, number>({ module, export: name }) }),
    );
  };
  const text = 'export const work = () => 1; export const other = () => 2;';
  await writeFile(join(one.dir, 'task.mjs'), text);
  await writeFile(join(two.dir, 'task.mjs'), text);
  await missed(orchestrator, of(one.dir));
  expect(await missed(orchestrator, of(two.dir))).toEqual([]);
  expect(await missed(orchestrator, of(one.dir, 'other'))).toEqual([`work: ${changed}`]);
  await writeFile(join(two.dir, 'task.mjs'), text.replace('1', '3'));
  expect(await missed(orchestrator, of(two.dir))).toEqual([`work: ${changed}`]);
});

test('misses: another YAML definition, and no other phase of the file', async () => {
  await using orchestrator = createOrchestrator({ model: fakeModel({ reply: () => 'same' }) });
  const yaml = (tone: string): string => `
id: letter
version: "1"
description: A letter
phases:
  - id: outline
    kind: llm
    prompt: "Outline of {{request.text}}"
  - id: write
    kind: llm
    needs: [outline]
    prompt: "Write in a ${tone} tone from {{outline}}"
result: { phase: write }
`;
  const parse = (tone: string): Promise<Pipeline> => parsePipeline(yaml(tone));
  await missed(orchestrator, await parse('dry'));
  expect(await missed(orchestrator, await parse('dry'))).toEqual([]);
  const again = await missed(orchestrator, await parse('warm'));
  expect(again).toHaveLength(1);
  expect(again[0]).toMatch(/^write: /);
});
