import { defineTask } from '@orc/scheduler';
import { expect, test } from 'vitest';

import { createOrchestrator, definePhase, definePipeline, each, within } from '../src/index.ts';
import { finished, ofType } from './support/events.ts';
import { fakeModel } from './support/fake-model.ts';

const outline = definePhase({
  id: 'outline',
  kind: 'llm',
  uses: { request: ['text'] },
  prompt: ({ request }) => `outline ${request.text}`,
});
const chapter = definePhase({
  id: 'chapter',
  kind: 'llm',
  needs: { outline },
  forEach: ({ inputs }) =>
    ['c1', 'c2', 'c3'].map((key, index) => ({ key, value: { number: index + 1, outline: inputs.outline } })),
  prompt: ({ item }) => `chapter ${item.number} of ${item.outline}`,
});
const scene = definePhase({
  id: 'scene',
  kind: 'compute',
  needs: { plan: each(chapter) },
  forEach: {
    phase: chapter,
    // The second chapter has no scenes.
    items: ({ key, output }) =>
      key === 'c2' ? [] : [1, 2].map((number) => ({ key: `s${number}`, value: `${number}/${output.length}` })),
  },
  run: ({ inputs, item, key }) => `${key}:${item}:${inputs.plan}`,
});
const fit = definePhase({
  id: 'fit',
  kind: 'compute',
  forEach: { phase: scene },
  when: ({ key }) => !key.endsWith('s2'),
  run: ({ item }) => item.toUpperCase(),
});
const count = definePhase({
  id: 'count',
  kind: 'cpu',
  needs: { scenes: within(scene), fits: within(fit) },
  forEach: { phase: chapter },
  taskInput: ({ inputs }) => ({
    text: [...inputs.scenes, ...inputs.fits].map(({ key, value }) => `${key}=${value ?? '-'}`).join(' '),
  }),
  run: defineTask<{ text: string }, { words: number }>({
    module: new URL('fixtures/count-words.mjs', import.meta.url),
    export: 'countWords',
  }),
});
const assemble = definePhase({
  id: 'assemble',
  kind: 'compute',
  needs: { outline, fit, count },
  run: ({ inputs }) => ({
    outline: inputs.outline,
    fits: inputs.fit.map(({ key, value }) => [key, value ?? null]),
    counts: inputs.count.map(({ key, value }) => [key, value.words]),
  }),
  artifacts: (output) => [{ path: 'book/all.json', content: JSON.stringify(output) }],
});
const book = definePipeline({
  id: 'book',
  version: '1',
  description: 'A small book',
  phases: [assemble, outline, chapter, scene, fit, count],
  result: {
    phase: assemble,
    text: (output) => JSON.stringify(output),
    title: () => 'Book',
    words: (output) => output.counts.length,
  },
});

test('a pipeline with nested fan-out, item-wise edges, conditions and a worker thread gives its result', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  const result = await finished(orchestrator.run(book, { text: 'space', seed: 1 }));
  expect(result.error).toBeUndefined();
  expect(result.status).toBe('succeeded');
  expect(result.output).toEqual({
    outline: 're: outline space',
    fits: [
      ['c1/s1', expect.stringMatching(/^C1\/S1:1\//)],
      ['c1/s2', null],
      ['c3/s1', expect.stringMatching(/^C3\/S1:1\//)],
      ['c3/s2', null],
    ],
    counts: [
      ['c1', expect.any(Number)],
      ['c2', 0],
      ['c3', expect.any(Number)],
    ],
  });
  expect(result).toMatchObject({
    title: 'Book',
    words: 3,
    model: 'fake/echo',
    seed: 1,
    strategy: { name: 'parallel' },
    degradations: [],
  });
  expect(result.artifacts).toEqual([
    { path: 'book/all.json', bytes: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(result.phases.map(({ id, tasks, status }) => [id, tasks, status])).toEqual([
    ['outline', 1, 'fulfilled'],
    ['chapter', 3, 'fulfilled'],
    ['scene', 4, 'fulfilled'],
    ['fit', 4, 'fulfilled'],
    ['count', 3, 'fulfilled'],
    ['assemble', 1, 'fulfilled'],
  ]);
  const threads = ofType(result.events, 'task-end').filter(({ phase }) => phase === 'count');
  expect(threads.map(({ threadId }) => typeof threadId)).toEqual(['number', 'number', 'number']);
  expect(model.calls).toHaveLength(4);
});

test('the same request again comes from memory', async () => {
  const model = fakeModel();
  await using orchestrator = createOrchestrator({ model });
  const first = await orchestrator.run(book, { text: 'space', seed: 1 }).result;
  const second = await finished(orchestrator.run(book, { text: 'space', seed: 1 }));
  expect(second.text).toBe(first.text);
  expect(second.cache).toMatchObject({ misses: 0, hitRatio: 1 });
  expect(model.calls).toHaveLength(4);
  expect(ofType(second.events, 'task-hit').every(({ tier }) => tier === 'memory')).toBe(true);
});

test('events come in order: a run starts, its phases start before their tasks, and it ends once', async () => {
  await using orchestrator = createOrchestrator({ model: fakeModel() });
  const { events } = await finished(orchestrator.run(book, { text: 'space', seed: 1 }));
  expect(events[0]).toMatchObject({ type: 'run-start', restored: 0, resumed: false });
  expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'succeeded' });
  for (const { id } of book.phases) {
    const types = events.flatMap((event) => ('phase' in event && event.phase === id ? [event.type] : []));
    // Its items may be counted before the first of them begins.
    expect(
      types.find((type) => type !== 'phase-expand'),
      id,
    ).toBe('phase-start');
    expect(types.at(-1), id).toBe('phase-end');
    expect(types.filter((type) => type === 'phase-end')).toHaveLength(1);
  }
  const starts = ofType(events, 'task-start').map(({ task }) => task);
  const ends = ofType(events, 'task-end')
    .filter(({ status }) => status === 'fulfilled')
    .map(({ task }) => task);
  expect(ends.toSorted()).toEqual(starts.toSorted());
});
