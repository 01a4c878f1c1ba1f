/** A worker decides by itself what it does; the job's word for it counts nothing. */
import { describe, expect, test } from 'vitest';

import { admit } from '../../src/distributed/admission.ts';
import {
  longestSource,
  readPhaseRequest,
  readPhaseResult,
  readProgress,
} from '../../src/distributed/phase-messages.ts';
import { PipelineTexts } from '../../src/distributed/pipeline-texts.ts';
import { taskOfModel } from '../../src/distributed/queue-names.ts';
import { definePhase, type Phase, type Pipeline, type RemotePhaseRequest } from '../../src/index.ts';
import { builtInPipelines } from '@orc/core/pipelines';
import { parsePipeline } from '../../src/pipelines/file/parse-pipeline.ts';
import { fakeModel } from '../support/fake-model.ts';
import { pipelineOf } from '../support/one-phase.ts';

const model = fakeModel({ identity: { model: 'own' } });

function jobFor(pipeline: Pipeline, phase: Phase, change: Partial<RemotePhaseRequest> = {}): RemotePhaseRequest {
  const { id, version, digest, source } = pipeline;
  return {
    id: 'run-1',
    pipeline: { id, version, digest, source },
    phase: phase.id,
    task: phase.id,
    key: '',
    item: null,
    inputs: {},
    request: { text: 'hello', seed: 1 },
    env: {},
    attempt: 1,
    ...(phase.kind === 'llm' ? { model: { id: model.id, identity: model.identity } } : {}),
    ...change,
  };
}

function decide(pipeline: Pipeline, phase: Phase, change: Partial<RemotePhaseRequest> = {}): string {
  const request = readPhaseRequest(jobFor(pipeline, phase, change));
  const task = taskOfModel(request.model?.identity);
  try {
    return admit({ pipeline, request, task, model: task === 'phase' ? undefined : model }).id;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_ORC_REFUSED', retryable: false });
    return (error as Error).message;
  }
}

/** What reads files of the machine, in the built-in pipelines. */
const readers = ['scan', 'metrics', 'imports', 'duplicates', 'secrets', 'manifests', 'history', 'select', 'report'];

test('every phase of every built-in pipeline: what reads files or is trivial is refused, and the rest is done', async () => {
  let asked = 0;
  let local = 0;
  for (const builtIn of builtInPipelines) {
    const pipeline = await builtIn.load();
    for (const phase of pipeline.phases) {
      const { definition, kind } = phase;
      const { local: declared, uses } = definition;
      const reads = uses.request.includes('input') || uses.files.length > 0;
      // Nothing reads from a folder without saying that it must stay.
      if (reads || (pipeline.id === 'analyze' && readers.includes(phase.id)))
        expect([phase.id, declared || reads]).toEqual([phase.id, true]);
      const stays = declared || reads || kind === 'compute';
      const change = definition.sampling.model === undefined ? {} : { model: undefined };
      const answer = decide(pipeline, phase, change);
      if (stays) expect(answer).toContain('a worker does not execute it');
      else expect(answer).toBe(phase.id);
      asked += 1;
      local += declared ? 1 : 0;
      // A path never helps.
      expect(decide(pipeline, phase, { request: { text: '', seed: 1, input: '/etc' } })).toMatch(
        /does not execute|with a path/,
      );
    }
  }
  expect(asked).toBeGreaterThan(30);
  expect(local).toBeGreaterThan(5);
});

const echo = definePhase({ id: 'echo', kind: 'io', uses: { env: ['HOME_PAGE'] }, run: () => 1 });
const write = definePhase({ id: 'write', kind: 'llm', prompt: () => 'write' });
const dear = definePhase({ id: 'dear', kind: 'llm', model: { model: 'openai/large' }, prompt: () => 'write' });
const shell = definePhase({ id: 'shell', kind: 'llm', model: { model: 'exec/rm' }, prompt: () => 'write' });
const files = definePhase({ id: 'files', kind: 'io', uses: { files: ['notes.md'] }, run: () => 1 });
const folder = definePhase({ id: 'folder', kind: 'io', uses: { request: ['input'] }, run: () => 1 });
const own = pipelineOf(echo, write, dear, shell, files, folder);

test.each([
  ['a phase that is not there', echo, { phase: 'other' }, 'is unknown to this worker'],
  ['a path', echo, { request: { text: '', seed: 1, input: '/etc' } }, 'came with a path'],
  ['files', files, {}, 'does not execute it'],
  ['a folder', folder, {}, 'does not execute it'],
  ['a variable that is not declared', echo, { env: { PATH: '/evil' } }, 'the variable PATH, which it does not declare'],
  ['a model that it does not call', echo, { model: { id: 'm', identity: { model: 'own' } } }, 'calls no model'],
  ['no model', write, { model: undefined }, 'calls a model, and came without one'],
  ['a model that the phase does not name', dear, {}, 'is for the model openai/large'],
  ['a command that the phase names', shell, {}, 'is for the model exec/rm'],
] as [string, Phase, Partial<RemotePhaseRequest>, string][])(
  'a job with %s is refused',
  (_what, phase, change, words) => {
    expect(decide(own, phase, change)).toContain(words);
  },
);

test('a job that comes as a task for another model than its own is refused', () => {
  const request = jobFor(own, write);
  expect(() => admit({ pipeline: own, request, task: 'phase', model: undefined })).toThrow('another model');
  expect(() => admit({ pipeline: own, request, task: 'phase-with-0', model })).toThrow('another model');
});

test('a declared variable and an own model are welcome', () => {
  expect(decide(own, echo, { env: { HOME_PAGE: 'x' } })).toBe('echo');
  expect(decide(own, write)).toBe('write');
});

const source = (text: string): string =>
  [
    'id: letters',
    'version: "1"',
    'description: d',
    'phases:',
    `  - { id: one, prompt: "${text}" }`,
    'result: { phase: one }',
  ].join('\n');

describe('texts of pipelines', () => {
  test('are remembered only when they are what they are said to be', async () => {
    const texts = new PipelineTexts();
    const { digest } = await parsePipeline(source('honest'));
    const wanted = { id: 'letters', version: '1', digest, source: source('honest') };
    for (const forged of [source('forged'), 'id: [', '', '{'])
      await expect(texts.of({ ...wanted, source: forged })).rejects.toMatchObject({ code: 'ERR_ORC_REFUSED' });
    await expect(texts.of({ ...wanted, source: undefined })).rejects.toThrow('came without its text');
    // The good one, under the very digest that the forged ones claimed.
    expect((await texts.of(wanted)).digest).toBe(digest);
    expect(await texts.of(wanted)).toBe(await texts.of(wanted));
  });

  test('are few, however many come', async () => {
    const texts = new PipelineTexts();
    for (let index = 0; index < 40; index += 1) {
      const text = source(`letter ${index}`);
      await texts.of({ id: 'letters', version: '1', digest: (await parsePipeline(text)).digest, source: text });
    }
    expect(texts.size).toBeLessThanOrEqual(32);
  });
});

test.each([
  ['null', null],
  ['a text', 'x'],
  ['nothing', {}],
  ['a list for inputs', { ...jobFor(own, echo), inputs: [] }],
  ['a number for the phase', { ...jobFor(own, echo), phase: 7 }],
  ['an endless attempt', { ...jobFor(own, echo), attempt: Number.POSITIVE_INFINITY }],
  ['a request without a text', { ...jobFor(own, echo), request: { seed: 1 } }],
  ['a prompt without a text', { ...jobFor(own, write), prompt: { system: 'x' } }],
  [
    'a text of a pipeline beyond measure',
    { ...jobFor(own, echo), pipeline: { id: 'a', version: '1', digest: 'd', source: ' '.repeat(longestSource + 1) } },
  ],
])('a job that is %s is refused with words', (_what, job) => {
  expect(() => readPhaseRequest(job)).toThrow(expect.objectContaining({ code: 'ERR_ORC_REFUSED' }) as Error);
});

test('an answer in no form is refused, one that does not say that it is complete is not, and nobody is paid back', () => {
  expect(readPhaseResult({ value: 1 })).toEqual({ value: 1, complete: false });
  const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 };
  expect(readPhaseResult({ value: 1, complete: true, usage, costUsd: null, calls: 1 })).toMatchObject({
    complete: true,
  });
  for (const answer of [
    null,
    7,
    [],
    { value: 1, costUsd: -5 },
    { value: 1, usage: { ...usage, outputTokens: -1 } },
    { value: 1, calls: 0.5 },
  ])
    expect(() => readPhaseResult(answer)).toThrow(expect.objectContaining({ code: 'ERR_ORC_REFUSED' }) as Error);
  for (const told of [
    null,
    'x',
    {},
    { type: 'run-end' },
    { type: 'delta', text: 7 },
    { type: 'model-end', model: 'm' },
  ])
    expect(readProgress(told)).toBeUndefined();
  expect(readProgress({ type: 'delta', text: 'a' })).toEqual({ type: 'delta', text: 'a' });
});
