import { defineTask } from '@orc/scheduler';
import fc from 'fast-check';

import {
  definePhase,
  definePipeline,
  each,
  within,
  type Keyed,
  type Need,
  type Phase,
  type Pipeline,
} from '../../src/index.ts';

/** What a random phase is made of; which of it applies depends on the phases before it. */
interface PhaseSpec {
  readonly kind: 'llm' | 'io' | 'compute' | 'cpu';
  readonly needs: readonly number[];
  readonly shape: 'one' | 'fan' | 'follow' | 'nest';
  readonly width: number;
  readonly when: boolean;
  readonly loop: boolean;
  readonly artifacts: boolean;
  readonly turns: number;
}

export interface PipelineSpec {
  readonly phases: readonly PhaseSpec[];
}

const phaseSpec: fc.Arbitrary<PhaseSpec> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('llm' as const) },
    { weight: 3, arbitrary: fc.constant('io' as const) },
    { weight: 6, arbitrary: fc.constant('compute' as const) },
    { weight: 1, arbitrary: fc.constant('cpu' as const) },
  ),
  needs: fc.array(fc.nat(9), { maxLength: 3 }),
  shape: fc.constantFrom('one', 'fan', 'follow', 'nest'),
  width: fc.nat(3),
  when: fc.boolean(),
  loop: fc.boolean(),
  artifacts: fc.boolean(),
  turns: fc.nat(3),
});

export const pipelineSpec: fc.Arbitrary<PipelineSpec> = fc.record({
  phases: fc.array(phaseSpec, { minLength: 1, maxLength: 8 }),
});

/** What the tasks of a pipeline tell the test, and what the test can make them do. */
export interface Hooks {
  /** Called when a task is really executed. */
  readonly executed?: (task: string) => void;
}

/** Builds the pipeline of a spec. The same spec gives the same pipeline, with the same digest. */
export function build(spec: PipelineSpec, hooks: Hooks = {}): Pipeline {
  const made: Phase[] = [];
  for (const [index, one] of spec.phases.entries()) made.push(phaseOf(one, index, made, hooks));
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    needs: Object.fromEntries(made.map((phase) => [phase.id, phase])),
    run: ({ inputs }) => {
      hooks.executed?.('end');
      return inputs as never;
    },
    artifacts: (output) => [{ path: 'end.json', content: JSON.stringify(output) }],
  });
  return definePipeline({
    id: 'random',
    version: '1',
    description: '',
    phases: [...made, end],
    result: { phase: end, text: (output) => JSON.stringify(output) },
  });
}

function phaseOf(spec: PhaseSpec, index: number, before: readonly Phase[], hooks: Hooks): Phase {
  const id = `p${index}`;
  const fanned = before.filter((phase) => phase.fanOut);
  const followed = fanned[spec.width % Math.max(1, fanned.length)];
  const shape =
    spec.shape === 'follow' || spec.shape === 'nest' ? (followed === undefined ? 'fan' : spec.shape) : spec.shape;
  const needs = needsOf(spec, before, shape === 'follow' || shape === 'nest' ? followed : undefined);
  const forEach =
    shape === 'one'
      ? undefined
      : shape === 'fan'
        ? (): readonly Keyed<unknown>[] =>
            Array.from({ length: spec.width }, (_, at) => ({ key: `i${at}`, value: { at } }))
        : shape === 'follow'
          ? { phase: followed as Phase }
          : {
              phase: followed as Phase,
              // Not every item has as many.
              items: ({ key, output }: { key: string; output: unknown }): readonly Keyed<unknown>[] =>
                Array.from(
                  { length: (key.length + JSON.stringify(output ?? null).length) % (spec.width + 1) },
                  (_, at) => ({ key: `n${at}`, value: `${key}.${at}` }),
                ),
            };
  const common = {
    id,
    needs,
    forEach,
    // Closures do not show in a function's text: without this, two specs would be one phase.
    source: JSON.stringify(spec),
    when: spec.when
      ? ({ key, inputs }: { key: string; inputs: unknown }) => (key.length + JSON.stringify(inputs).length) % 3 !== 0
      : undefined,
    artifacts: spec.artifacts
      ? (output: unknown, { key }: { key: string }) => [
          { path: `${id}/${key === '' ? 'all' : key}.json`, content: JSON.stringify(output) },
        ]
      : undefined,
  };
  if (spec.kind === 'cpu') {
    return definePhase({
      ...common,
      kind: 'cpu',
      taskInput: ({ inputs, item, key }: { inputs: unknown; item: unknown; key: string }) => ({
        text: `${JSON.stringify(inputs)} ${JSON.stringify(item ?? null)} ${key}`,
      }),
      run: defineTask<{ text: string }, { words: number }>({
        module: new URL('../fixtures/count-words.mjs', import.meta.url),
        export: 'countWords',
      }),
    } as never) as Phase;
  }
  return definePhase({
    ...common,
    kind: spec.kind,
    uses: { request: ['text', 'seed'] },
    run: async (context: {
      inputs: unknown;
      item: unknown;
      key: string;
      request: { text: string };
      loop?: { round: number };
      random(): number;
      model: { text(prompt: string): Promise<string> };
    }) => {
      hooks.executed?.(context.key === '' ? id : `${id}[${context.key}]`);
      for (let turn = 0; turn < (spec.turns + context.key.length) % 4; turn += 1) await new Promise(setImmediate);
      const seen = `${context.request.text} ${id} ${context.key} ${context.loop?.round ?? 0} ${JSON.stringify(context.item ?? null)} ${JSON.stringify(context.inputs)}`;
      if (spec.kind === 'llm') return await context.model.text(seen);
      return { length: seen.length, random: context.random(), round: context.loop?.round ?? 0 };
    },
    ...(spec.loop ? { loop: { max: 3, score: (output: unknown) => (JSON.stringify(output).length * 7) % 5 } } : {}),
  } as never) as Phase;
}

function needsOf(spec: PhaseSpec, before: readonly Phase[], followed: Phase | undefined): Record<string, Need> {
  const needs: Record<string, Need> = {};
  if (before.length === 0) return needs;
  for (const number of spec.needs) {
    const phase = before[number % before.length] as Phase;
    // Of the items it follows, a phase may also need just its own.
    const itemWise = phase === followed && number % 2 === 0;
    needs[phase.id] = itemWise ? (spec.shape === 'follow' && number % 4 === 0 ? within(phase) : each(phase)) : phase;
  }
  return needs;
}
