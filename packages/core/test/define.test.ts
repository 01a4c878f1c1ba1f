import { defineTask } from '@orc/scheduler';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { definePhase, definePipeline, each, within, type Phase, type Pipeline } from '../src/index.ts';

const run = (): number => 1;
const one = definePhase({ id: 'one', kind: 'compute', run });
const fan = definePhase({ id: 'fan', kind: 'compute', forEach: () => [{ key: 'a', value: 1 }], run });
const otherFan = definePhase({ id: 'other', kind: 'compute', forEach: () => [{ key: 'a', value: 1 }], run });
const nested = definePhase({
  id: 'nested',
  kind: 'compute',
  forEach: { phase: fan, items: () => [{ key: 'x', value: 1 }] },
  run,
});
const task = defineTask<unknown, unknown>({ module: new URL('fixtures/count-words.mjs', import.meta.url) });

test.each([
  ['id', { id: '1st', kind: 'compute', run }],
  ['kind', { id: 'p', kind: 'gpu', run }],
  ['runs', { id: 'p', kind: 'compute', runs: run }],
  ['run', { id: 'p', kind: 'compute' }],
  ['run', { id: 'p', kind: 'llm' }],
  ['run', { id: 'p', kind: 'cpu', run }],
  ['taskInput', { id: 'p', kind: 'io', run, taskInput: run }],
  ['prompt', { id: 'p', kind: 'io', run, prompt: run }],
  ['prompt', { id: 'p', kind: 'cpu', run: task, prompt: run }],
  ['model', { id: 'p', kind: 'io', run, model: {} }],
  ['model.heat', { id: 'p', kind: 'llm', run, model: { heat: 1 } }],
  ['needs', { id: 'p', kind: 'io', run, needs: [one] }],
  ['needs.x', { id: 'p', kind: 'io', run, needs: { x: 'one' } }],
  ['needs.x', { id: 'p', kind: 'io', run, needs: { x: each(one) } }],
  ['forEach', { id: 'p', kind: 'io', run, forEach: [1] }],
  ['forEach.phase', { id: 'p', kind: 'io', run, forEach: { phase: one } }],
  ['uses.request[0]', { id: 'p', kind: 'io', run, uses: { request: ['test'] } }],
  ['uses.files', { id: 'p', kind: 'io', run, uses: { files: 'a' } }],
  ['loop.max', { id: 'p', kind: 'io', run, loop: { max: 0, score: run } }],
  ['loop.score', { id: 'p', kind: 'io', run, loop: { max: 2 } }],
  ['loop', { id: 'p', kind: 'cpu', run: task, loop: { max: 2, score: run } }],
  ['cache', { id: 'p', kind: 'io', run, cache: 'yes' }],
  ['cache.ttl', { id: 'p', kind: 'io', run, cache: { ttl: -1 } }],
  ['retry.attempts', { id: 'p', kind: 'io', run, retry: { attempts: 0 } }],
  ['retry.backoffMs', { id: 'p', kind: 'io', run, retry: { attempts: 2, backoffMs: Infinity } }],
  ['model.temperature', { id: 'p', kind: 'llm', run, model: { temperature: Infinity } }],
  ['model.maxOutputTokens', { id: 'p', kind: 'llm', run, model: { maxOutputTokens: 1.5 } }],
  ['timeout', { id: 'p', kind: 'io', run, timeout: 0 }],
  ['outputSchema', { id: 'p', kind: 'io', run, outputSchema: { type: 'string' } }],
  [
    'run.module',
    { id: 'p', kind: 'cpu', run: defineTask({ module: new URL('fixtures/no-such.mjs', import.meta.url) }) },
  ],
] as const)('a phase with a wrong `%s` is refused at definition, with its path', (path, options) => {
  expect(() => definePhase(options as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_PHASE', message: expect.stringContaining(`\`${path}\``) }),
  );
});

function pipeline(phases: readonly unknown[], result: unknown = phases.at(-1)): Pipeline {
  return definePipeline({
    id: 'p',
    version: '1',
    description: '',
    phases: phases as Phase[],
    result: { phase: result as Phase, text: String },
  });
}

test.each([
  ['phases', []],
  ['phases[0]', [{}]],
  ['phases[1].id', [one, one]],
  ['last.needs.one', [definePhase({ id: 'last', kind: 'compute', needs: { one }, run })]],
  [
    'last.needs.one',
    [
      definePhase({ id: 'one', kind: 'compute', run }),
      definePhase({ id: 'last', kind: 'compute', needs: { one }, run }),
    ],
  ],
  ['nested.forEach.phase', [nested, one]],
  [
    'last.needs.fan',
    [
      fan,
      otherFan,
      definePhase({ id: 'last', kind: 'compute', forEach: { phase: otherFan }, needs: { fan: each(fan) }, run }),
      one,
    ],
  ],
  ['last.needs.fan', [fan, definePhase({ id: 'last', kind: 'compute', needs: { fan: within(fan) }, run })]],
  [
    'last.needs.nested',
    [
      fan,
      nested,
      definePhase({ id: 'last', kind: 'compute', forEach: { phase: fan }, needs: { nested: each(nested) }, run }),
      one,
    ],
  ],
  ['result.phase', [fan]],
  ['result.phase', [definePhase({ id: 'last', kind: 'compute', when: () => true, run })]],
] as const)('a pipeline with a wrong `%s` is refused at definition, with its path', (path, phases) => {
  expect(() => pipeline(phases)).toThrow(
    expect.objectContaining({ code: 'ERR_ORC_PIPELINE', message: expect.stringContaining(`\`${path}\``) }),
  );
});

test('phases may come in any order; the pipeline has them in the order of their needs, and is frozen', () => {
  const last = definePhase({ id: 'last', kind: 'compute', needs: { nested, one }, run });
  const made = pipeline([last, nested, one, fan], last);
  expect(made.phases.map(({ id }) => id)).toEqual(['fan', 'nested', 'one', 'last']);
  expect(Object.isFrozen(made) && Object.isFrozen(made.phases) && Object.isFrozen(made.phases[0]?.definition)).toBe(
    true,
  );
});

test('the digest of a pipeline changes with any of its parts, and with nothing else', () => {
  const digestOf = (version: string, body: () => number): string =>
    pipeline([definePhase({ id: 'a', kind: 'compute', version, run: body })]).digest;
  expect(digestOf('1', run)).toBe(digestOf('1', run));
  expect(digestOf('1', run)).not.toBe(digestOf('2', run));
  expect(digestOf('1', run)).not.toBe(digestOf('1', () => 2));
});

test('the digest of a pipeline shows what its phases read, how they sample and what they must satisfy', () => {
  const prompt = (): string => 'write';
  const digestOf = (options: object): string =>
    pipeline([definePhase({ id: 'a', kind: 'llm', prompt, ...options })]).digest;
  const digests = [
    {},
    { model: { temperature: 0.1 } },
    { model: { temperature: 0.2 } },
    { uses: { request: ['text'] } },
    { uses: { env: ['text'] } },
    { outputSchema: z.string() },
    { outputSchema: z.string().min(1) },
  ].map(digestOf);
  expect(new Set(digests).size).toBe(digests.length);
});

test.each([
  ['an array', () => 'a', 'array'],
  ['keys without strange characters', () => [{ key: 'a b', value: 1 }], '`key` of item 0'],
  [
    'keys that are unique',
    () => [
      { key: 'a', value: 1 },
      { key: 'a', value: 2 },
    ],
    '`key` of item 1',
  ],
  ['JSON', () => [{ key: 'a', value: () => 1 }], 'JSON'],
])('items must be %s', async (_, forEach, message) => {
  const { runOf } = await import('./support/one-phase.ts');
  const wrong = definePhase({ id: 'wrong', kind: 'compute', forEach: forEach as never, run });
  const end = definePhase({ id: 'end', kind: 'compute', needs: { wrong }, run });
  const { status, error } = await runOf([wrong, end]);
  expect(status).toBe('failed');
  expect(error).toMatchObject({ phase: 'wrong', message: expect.stringContaining(message) });
});
