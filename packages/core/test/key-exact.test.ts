/** Whatever a phase can tell apart has a key of its own. */
import type { JsonObject } from '@orc/cache';
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, definePipeline, type Pipeline } from '../src/index.ts';
import { pipelineOf } from './support/one-phase.ts';

const shows = definePhase({
  id: 'shows',
  kind: 'compute',
  uses: { request: ['options.x'] },
  run: ({ request }) => `${typeof request.options['x']} ${JSON.stringify(request.options)}`,
});

test.each([
  ['null and an absent option', { x: null }, {}],
  ['a text and a number', { x: '1' }, { x: 1 }],
  ['an empty text and an absent option', { x: '' }, {}],
  ['the order of an option’s members', { x: { a: 1, b: 2 } }, { x: { b: 2, a: 1 } }],
  ['an empty list and an empty object', { x: [] }, { x: {} }],
] as [string, JsonObject, JsonObject][])('misses: %s', async (_, one, other) => {
  await using orchestrator = createOrchestrator();
  const texts = new Set<string>();
  for (const options of [one, other]) {
    const { text, cache } = await orchestrator.run(pipelineOf(shows), { text: 't', seed: 1, options }).result;
    texts.add(text);
    expect(cache.hits).toBe(0);
  }
  expect(texts.size).toBe(2);
});

test('hits: a number that JSON has one form of', async () => {
  await using orchestrator = createOrchestrator();
  const asked = (x: number): Parameters<typeof orchestrator.run>[1] => ({ text: 't', seed: 1, options: { x } });
  const phase = definePhase({
    id: 'sign',
    kind: 'compute',
    uses: { request: ['options.x'] },
    run: ({ request }) => String(1 / (request.options['x'] as number)),
  });
  expect((await orchestrator.run(pipelineOf(phase), asked(-0)).result).text).toBe('"Infinity"');
  expect((await orchestrator.run(pipelineOf(phase), asked(0)).result).cache.hits).toBe(1);
});

test('misses: an upstream output, and an item, with its members in another order', async () => {
  await using orchestrator = createOrchestrator();
  const texts: string[] = [];
  for (const json of ['{"a":1,"b":2}', '{"b":2,"a":1}']) {
    const up = definePhase({ id: 'up', kind: 'compute', source: json, run: () => JSON.parse(json) as JsonObject });
    const items = definePhase({
      id: 'items',
      kind: 'compute',
      needs: { up },
      forEach: ({ inputs }) => [{ key: 'k', value: inputs.up }],
      run: ({ item }) => Object.keys(item).join(''),
    });
    const down = definePhase({
      id: 'down',
      kind: 'compute',
      needs: { up, items },
      run: ({ inputs }) => `${JSON.stringify(inputs.up)} ${inputs.items[0]?.value ?? ''}`,
    });
    texts.push((await orchestrator.run(pipelineOf(up, items, down), { text: '', seed: 1 }).result).text);
  }
  expect(texts.map((text) => JSON.parse(text) as string)).toEqual(['{"a":1,"b":2} ab', '{"b":2,"a":1} ba']);
});

test('misses: another version or id of a pipeline, also where its package is the same', async () => {
  const of = (id: string, version: string): Pipeline =>
    definePipeline({
      id,
      version,
      description: '',
      package: { name: '@mine/all', version: '1.0.0' },
      phases: [shows],
      result: { phase: shows, text: String },
    });
  await using orchestrator = createOrchestrator();
  for (const [pipeline, hits] of [
    [of('p', '1'), 0],
    [of('p', '1'), 1],
    [of('p', '2'), 0],
    [of('q', '2'), 0],
  ] as const)
    expect((await orchestrator.run(pipeline, { text: '', seed: 1 }).result).cache.hits).toBe(hits);
});
