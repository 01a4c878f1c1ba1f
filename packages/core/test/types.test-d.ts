import { defineTask } from '@orc/scheduler';
import { expectTypeOf } from 'vitest';

import { definePhase, definePipeline, each, within, type FanOut, type Phase } from '../src/index.ts';

const outline = definePhase({
  id: 'outline',
  kind: 'llm',
  uses: { request: ['text'] },
  prompt: ({ request, item }) => {
    expectTypeOf(item).toEqualTypeOf<undefined>();
    return `Outline: ${request.text}`;
  },
});
expectTypeOf(outline).toEqualTypeOf<Phase<string, false, false>>();

const chapter = definePhase({
  id: 'chapter',
  kind: 'compute',
  needs: { outline },
  forEach: ({ inputs }) =>
    inputs.outline.split('\n').map((line, index) => ({ key: `c${index}`, value: { line, index } })),
  run: ({ inputs, item }) => {
    expectTypeOf(inputs.outline).toEqualTypeOf<string>();
    expectTypeOf(item).toEqualTypeOf<{ line: string; index: number }>();
    return { scenes: [item.line] };
  },
});
expectTypeOf(chapter).toEqualTypeOf<Phase<{ scenes: string[] }, true, false>>();

const scene = definePhase({
  id: 'scene',
  kind: 'compute',
  needs: { plan: each(chapter) },
  forEach: {
    phase: chapter,
    items: ({ output }) => output.scenes.map((value, index) => ({ key: `s${index}`, value })),
  },
  when: ({ item }) => item.length > 0,
  run: ({ inputs, item }) => {
    expectTypeOf(inputs.plan).toEqualTypeOf<{ scenes: string[] }>();
    expectTypeOf(item).toEqualTypeOf<string>();
    return item.length;
  },
  loop: { max: 2, score: (output) => output },
});
expectTypeOf(scene).toEqualTypeOf<Phase<number, true, true>>();

const same = definePhase({
  id: 'same',
  kind: 'compute',
  forEach: { phase: chapter },
  needs: { scenes: within(scene) },
  run: ({ inputs, item }) => {
    expectTypeOf(inputs.scenes).toEqualTypeOf<FanOut<number | undefined>>();
    expectTypeOf(item).toEqualTypeOf<{ scenes: string[] }>();
    return inputs.scenes.length;
  },
});
expectTypeOf(same).toEqualTypeOf<Phase<number, true, false>>();

const count = definePhase({
  id: 'count',
  kind: 'cpu',
  needs: { scene, same },
  taskInput: ({ inputs }) => {
    expectTypeOf(inputs.scene).toEqualTypeOf<FanOut<number | undefined>>();
    return { sizes: inputs.same.map((one) => one.value) };
  },
  run: defineTask<{ sizes: number[] }, { total: number }>({ module: new URL('file:///sum.js') }),
});
expectTypeOf(count).toEqualTypeOf<Phase<{ total: number }, false, false>>();

const later = definePhase({
  id: 'later',
  kind: 'io',
  needs: { count },
  when: ({ inputs }) => inputs.count.total > 1,
  run: async ({ inputs, signal }) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    return inputs.count.total;
  },
  artifacts: (output, { key }) => [{ path: `${key}.txt`, content: output.toFixed(1) }],
});
expectTypeOf(later).toEqualTypeOf<Phase<number, false, true>>();

definePhase({
  id: 'last',
  kind: 'compute',
  needs: { later },
  run: ({ inputs }) => {
    expectTypeOf(inputs.later).toEqualTypeOf<number | undefined>();
    // @ts-expect-error: there is no such need
    return String(inputs.outline);
  },
});

definePhase({
  id: 'wrong',
  kind: 'cpu',
  needs: { outline },
  // @ts-expect-error: the worker's input is not a text
  taskInput: ({ inputs }) => inputs.outline,
  run: defineTask<{ sizes: number[] }, { total: number }>({ module: new URL('file:///sum.js') }),
});

definePipeline({
  id: 'counting',
  version: '1',
  description: 'Counts',
  phases: [outline, chapter, scene, same, count],
  result: {
    phase: count,
    text: (output) => {
      expectTypeOf(output).toEqualTypeOf<{ total: number }>();
      return String(output.total);
    },
  },
});
