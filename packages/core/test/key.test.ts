import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import {
  createOrchestrator,
  definePhase,
  definePipeline,
  type Orchestrator,
  type Pipeline,
  type PipelineRequest,
} from '../src/index.ts';
import { fakeModel, type FakeModel } from './support/fake-model.ts';

const request: PipelineRequest = { text: 'space', seed: 1, options: { tone: 'dry', unused: 1 } };

interface Knobs {
  readonly prompt?: string;
  readonly temperature?: number;
  readonly version?: string;
  readonly source?: string;
  readonly package?: string;
  readonly upstream?: string;
}

/** A pipeline whose parts can be turned one by one. */
function made(knobs: Knobs = {}): Pipeline {
  const { prompt = 'write', temperature = 0.5, upstream = 'facts' } = knobs;
  // `source` stands for what a closure hides from the function's text.
  const facts = definePhase({ id: 'facts', kind: 'compute', source: upstream, run: () => ({ upstream }) });
  const text = definePhase({
    id: 'text',
    kind: 'llm',
    needs: { facts },
    uses: { request: ['text', 'options.tone'], env: ['STYLE'] },
    model: { temperature },
    version: knobs.version,
    source: knobs.source,
    prompt: ({ inputs, request: asked }) =>
      `${prompt} about ${asked.text} with ${inputs.facts.upstream.trim()} ${JSON.stringify(asked.options['tone'])}`,
  });
  const end = definePhase({ id: 'end', kind: 'compute', needs: { text }, run: ({ inputs }) => inputs.text.length });
  return definePipeline({
    id: 'keys',
    version: '1',
    description: '',
    package: knobs.package === undefined ? undefined : { name: '@mine/keys', version: knobs.package },
    phases: [facts, text, end],
    result: { phase: end, text: String },
  });
}

async function calls(
  orchestrator: Orchestrator,
  model: FakeModel,
  pipeline: Pipeline,
  asked: PipelineRequest = request,
): Promise<number> {
  const before = model.calls.length;
  const { status } = await orchestrator.run(pipeline, asked).result;
  expect(status).toBe('succeeded');
  return model.calls.length - before;
}

const same = Object.fromEntries([
  ['the same again', [made(), request]],
  ['another definition with the same text', [made({}), { ...request }]],
  ['an option that the phase does not declare', [made(), { ...request, options: { tone: 'dry', unused: 2 } }]],
  ['a word target that nobody declares', [made(), { ...request, words: 500 }]],
]) as Record<string, [Pipeline, PipelineRequest]>;

test.each(Object.entries(same))('hits: %s', async (_, [pipeline, asked]) => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  expect(await calls(orchestrator, model, made())).toBe(1);
  expect(await calls(orchestrator, model, pipeline, asked)).toBe(0);
});

const other = Object.fromEntries([
  ['another request text', [made(), { ...request, text: 'sea' }]],
  ['another seed', [made(), { ...request, seed: 2 }]],
  ['another declared option', [made(), { ...request, options: { tone: 'warm' } }]],
  ['another prompt', [made({ prompt: 'sing' }), request]],
  ['another temperature', [made({ temperature: 0.6 }), request]],
  ['another explicit version', [made({ version: '2' }), request]],
  ['another source', [made({ source: 'yaml 2' }), request]],
  ['another version of the package that defines it', [made({ package: '2.0.0' }), request]],
  ['another upstream text', [made({ upstream: 'other facts' }), request]],
]) as Record<string, [Pipeline, PipelineRequest]>;

test.each(Object.entries(other))('misses: %s', async (_, [pipeline, asked]) => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  await calls(orchestrator, model, made());
  expect(await calls(orchestrator, model, pipeline, asked)).toBe(1);
});

test('misses: another model, and another identity of the same model', async () => {
  const reply = (): string => 'same';
  const dir = folderOfTest();
  for (const [model, expected] of [
    [fakeModel({ reply }), 1],
    [fakeModel({ reply }), 0],
    [fakeModel({ reply, id: 'fake/other' }), 1],
    [fakeModel({ reply, identity: { baseUrl: 'http://elsewhere' } }), 1],
  ] as const) {
    await using orchestrator = createOrchestrator({ model, cache: { file: { dir } } });
    expect(await calls(orchestrator, model, made())).toBe(expected);
  }
});

test('hits: an upstream phase that was computed again and gave the same text', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  await calls(orchestrator, model, made());
  // The upstream phase's own key differs (its source does), its output does not, once trimmed by nobody: same object, same digest.
  const again = made({ upstream: 'facts' });
  const facts = definePhase({ id: 'facts', kind: 'compute', version: 'rewritten', run: () => ({ upstream: 'facts' }) });
  const text = definePhase({ ...textOptions(again), needs: { facts } } as never);
  expect(text.id).toBe('text');
  const rewritten = definePipeline({
    id: 'keys',
    version: '1',
    description: '',
    phases: [facts, text],
    result: { phase: text as never, text: String },
  });
  expect(await calls(orchestrator, model, rewritten)).toBe(0);
});

function textOptions(pipeline: Pipeline): object {
  const { definition } = pipeline.phases.find(({ id }) => id === 'text') as (typeof pipeline.phases)[number];
  return { id: 'text', kind: 'llm', uses: definition.uses, model: definition.sampling, prompt: definition.prompt };
}

test('misses: another value of a declared environment variable, and no other variable', async () => {
  const seen: unknown[] = [];
  const phase = definePhase({
    id: 'phase',
    kind: 'compute',
    uses: { env: ['STYLE'] },
    run: ({ env }) => seen.push(env['STYLE']),
  });
  const pipeline = definePipeline({
    id: 'env',
    version: '1',
    description: '',
    phases: [phase],
    result: { phase, text: String },
  });
  const dir = folderOfTest();
  for (const env of [
    { STYLE: 'a', OTHER: 'x' },
    { STYLE: 'a', OTHER: 'y' },
    { STYLE: 'b', OTHER: 'y' },
  ]) {
    await using orchestrator = createOrchestrator({ env, cache: { file: { dir } } });
    await orchestrator.run(pipeline, request).result;
  }
  expect(seen).toEqual(['a', 'b']);
});

test('misses: another content of a declared file, also one that was not there', async () => {
  const dir = folderOfTest();
  let runs = 0;
  const phase = definePhase({ id: 'phase', kind: 'compute', uses: { files: ['notes.md'] }, run: () => (runs += 1) });
  const pipeline = definePipeline({
    id: 'files',
    version: '1',
    description: '',
    phases: [phase],
    result: { phase, text: String },
  });
  await using orchestrator = createOrchestrator();
  const counts: number[] = [];
  for (const content of [undefined, undefined, 'one', 'one', 'two']) {
    if (content !== undefined) await writeFile(join(dir, 'notes.md'), content);
    await orchestrator.run(pipeline, { ...request, input: dir }).result;
    counts.push(runs);
  }
  expect(counts).toEqual([1, 1, 2, 2, 3]);
});

test('what a phase does not declare it can not read', async () => {
  for (const read of [
    (context: { request: { text: string } }) => context.request.text,
    (context: { request: { options: Record<string, unknown> } }) => context.request.options['tone'],
    (context: { env: Record<string, unknown> }) => context.env['TONE'],
    (context: { random: () => number }) => context.random(),
    (context: { model: unknown }) => context.model,
  ]) {
    const phase = definePhase({
      id: 'phase',
      kind: 'compute',
      run: (context) => String((read as (context: unknown) => unknown)(context)),
    });
    const pipeline = definePipeline({
      id: 'undeclared',
      version: '1',
      description: '',
      phases: [phase],
      result: { phase, text: String },
    });
    await using orchestrator = createOrchestrator({ model: fakeModel() });
    const { error } = await orchestrator.run(pipeline, request).result;
    expect(error).toMatchObject({
      code: 'ERR_ORC_UNDECLARED',
      phase: 'phase',
      hint: expect.stringMatching(/uses|llm/),
    });
  }
});
