import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JsonObject, JsonValue } from '@orc/cache';
import { z } from 'zod';
import * as zod3 from 'zod/v3';

import {
  definePhase,
  definePipeline,
  each,
  type ModelClient,
  type Need,
  type Phase,
  type Pipeline,
  type PipelineRequest,
} from '../../src/index.ts';
import { fakeModel } from './fake-model.ts';

/** One phase of a pipeline that is edited at random; every member shapes what it gives, or how it is kept. */
interface PhaseDraft {
  readonly id: string;
  kind: 'compute' | 'io' | 'llm';
  word: string;
  version: string | undefined;
  source: string | undefined;
  bound: boolean;
  cache: boolean | undefined;
  needs: number[];
  wise: boolean;
  uses: string[];
  env: string[];
  files: 'none' | 'listed' | 'named';
  items: string[] | undefined;
  follows: number | undefined;
  value: number;
  when: 'none' | 'always' | 'by-inputs';
  loop: number;
  temperature: number | undefined;
  schema: 'none' | 'upper' | 'refine' | 'default' | 'closed' | 'zod3' | 'overwrite';
  edition: number;
}

/** A pipeline, its request and the world around it, before and after random edits. */
export interface Draft {
  phases: PhaseDraft[];
  id: string;
  version: string;
  package: string | undefined;
  code: number;
  request: { text: string; seed: number; words: number | undefined; options: Record<string, JsonValue | undefined> };
  env: Record<string, string | undefined>;
  files: Record<string, string | undefined>;
  model: { edition: number };
  scope: string | undefined;
}

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

const parts = ['text', 'words', 'seed', 'options.x', 'options.y'];

export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)] as T;
}

export function draftOf(random: Random): Draft {
  const phases: PhaseDraft[] = [];
  const count = 1 + below(random, 6);
  for (let index = 0; index < count; index += 1) {
    const fanned = phases.flatMap((phase, at) => (phase.items === undefined ? [] : [at]));
    const follows = fanned.length > 0 && random() < 0.3 ? pick(random, fanned) : undefined;
    phases.push({
      id: `p${index}`,
      kind: pick(random, ['compute', 'compute', 'io', 'llm'] as const),
      word: pick(random, ['a', 'b']),
      version: undefined,
      source: undefined,
      bound: false,
      cache: random() < 0.4 ? true : undefined,
      needs: phases.map((_, at) => at).filter(() => random() < 0.4),
      wise: random() < 0.5,
      uses: parts.filter(() => random() < 0.3),
      env: ['ONE', 'TWO'].filter(() => random() < 0.25),
      files: pick(random, ['none', 'none', 'none', 'listed', 'named'] as const),
      items: follows === undefined && random() < 0.3 ? ['k1', 'k2', 'k3'].slice(0, below(random, 4)) : undefined,
      follows,
      value: 0,
      when: pick(random, ['none', 'none', 'none', 'always', 'by-inputs'] as const),
      loop: random() < 0.1 ? 2 : 0,
      temperature: undefined,
      schema: pick(random, ['none', 'none', 'upper', 'refine', 'default', 'closed', 'zod3', 'overwrite'] as const),
      edition: 0,
    });
  }
  return {
    phases,
    id: 'p',
    version: '1',
    package: undefined,
    code: 0,
    request: { text: 'text', seed: 1, words: 5, options: { x: { a: 1, b: 2 }, y: null } },
    env: { ONE: 'one', TWO: 'two' },
    files: { 'f1.txt': 'one', 'f2.txt': 'two' },
    model: { edition: 0 },
    scope: undefined,
  };
}

/** The model of a draft: it says who it is and what it was asked. */
export function modelOf(draft: Draft): ModelClient {
  const { edition } = draft.model;
  return fakeModel({
    identity: { edition: String(edition) },
    reply: ({ prompt, temperature }) => JSON.stringify([edition, prompt, temperature ?? null]),
  });
}

export function requestOf(draft: Draft, input: string): PipelineRequest {
  const { text, seed, words, options } = draft.request;
  return { text, seed, input, options: options as JsonObject, ...(words === undefined ? {} : { words }) };
}

type View = {
  readonly inputs: unknown;
  readonly item?: unknown;
  readonly key: string;
  readonly request: Record<string, unknown> & { readonly options: JsonObject; readonly input: string };
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** All that a phase may see, as it sees it: order of members, `null` and absence included. */
function shown(draft: PhaseDraft, { inputs, item, key, request, env }: View): JsonObject {
  const seen = draft.uses.map((name) => {
    const value: unknown = name.startsWith('options.') ? request.options[name.slice(8)] : request[name];
    return `${name}: ${typeof value} ${JSON.stringify(value) ?? ''}`;
  });
  const files = namesOf(draft, item).map((name) => read(join(request.input, name)));
  return {
    id: draft.id,
    inputs: JSON.stringify(inputs),
    item: JSON.stringify(item) ?? 'none',
    key,
    seen: [...seen, ...draft.env.map((name) => String(env[name]))],
    files,
  };
}

function namesOf({ files }: PhaseDraft, item: unknown): string[] {
  if (files === 'none') return [];
  return files === 'listed' || !JSON.stringify(item ?? '').includes('k1') ? ['f1.txt'] : ['f2.txt'];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'absent';
  }
}

const upper = (text: string): string => text.toUpperCase();
const lower = (text: string): string => text.toLowerCase();

// What a schema closes over, the edition, shows in none of them: for `closed` in nothing at all.
function schemaOf({ schema, edition }: PhaseDraft): unknown {
  const even = edition % 2 === 0;
  switch (schema) {
    case 'none':
      return undefined;
    case 'upper':
      return z.looseObject({ id: even ? z.string().transform(upper) : z.string().transform(lower) });
    case 'refine':
      return even
        ? z.looseObject({}).refine((one) => JSON.stringify(one).length % 5 !== 0)
        : z.looseObject({}).refine((one) => JSON.stringify(one).length % 7 !== 0);
    case 'default':
      return z.looseObject({ more: z.string().default(`edition ${edition}`) });
    case 'closed':
      return {
        '~standard': {
          version: 1,
          vendor: 'closed',
          validate: (value: object) => ({ value: { ...value, more: edition } }),
        },
      };
    case 'zod3':
      return zod3.object({ id: zod3.string().refine((id) => even || id !== 'p1') }).passthrough();
    case 'overwrite':
      return z.looseObject({ id: even ? z.string().overwrite(upper) : z.string().overwrite(lower) });
    default:
      return schema satisfies never;
  }
}

/** The functions of a phase, of which each word has a text of its own. */
function workOf(draft: PhaseDraft): (context: View) => JsonObject {
  const show = (context: View): JsonObject => shown(draft, context);
  return draft.word === 'a' ? (context) => ({ a: 1, ...show(context) }) : (context) => ({ ...show(context), b: 2 });
}

/** Makes the pipeline of a draft. What its functions close over is in `source`, as the docs ask for. */
export function pipelineOfDraft(draft: Draft): Pipeline {
  const made: Phase[] = [];
  for (const one of draft.phases) {
    const needs: Record<string, Need> = {};
    const follows = one.follows === undefined ? undefined : made[one.follows];
    for (const at of one.needs) {
      const need = made[at] as Phase;
      needs[need.id] = one.wise && need === follows ? each(need) : need;
    }
    const work = workOf(one);
    const outputSchema = schemaOf(one);
    const llm = one.kind === 'llm';
    made.push(
      definePhase({
        id: one.id,
        kind: one.kind,
        needs,
        retry: { attempts: 1 },
        uses: {
          request: ['input', ...one.uses],
          env: one.env,
          files: one.files === 'named' ? ({ item }: View) => namesOf(one, item) : namesOf(one, undefined),
        },
        ...(one.cache === undefined ? {} : { cache: one.cache }),
        // A bound function shows nothing: its version does.
        version: one.bound ? `${one.word} ${one.version ?? ''}` : one.version,
        source: `${one.source ?? ''} ${one.id} ${one.files} ${one.uses.join(' ')} ${one.env.join(' ')} ${draft.code}`,
        ...(llm && one.temperature !== undefined ? { model: { temperature: one.temperature } } : {}),
        ...(outputSchema === undefined ? {} : { outputSchema }),
        ...(one.items === undefined
          ? {}
          : { forEach: () => (one.items as string[]).map((key) => ({ key, value: { [key]: one.value, v: 1 } })) }),
        ...(follows === undefined ? {} : { forEach: { phase: follows } }),
        ...(one.when === 'none'
          ? {}
          : { when: (context: View) => one.when === 'always' || JSON.stringify(context.inputs).length % 2 === 0 }),
        ...(one.loop === 0
          ? {}
          : { loop: { max: one.loop, score: (output: JsonValue) => JSON.stringify(output).length } }),
        ...(llm
          ? {
              prompt: (context: View) => JSON.stringify(work(context)),
              run: async (
                context: View & { readonly model: { text(prompt: unknown): Promise<string> }; prompt: unknown },
              ) => ({
                id: one.id,
                text: await context.model.text(context.prompt),
              }),
            }
          : { run: one.bound ? work.bind(undefined) : work }),
      } as never) as Phase,
    );
  }
  const end = definePhase({
    id: 'end',
    kind: 'compute',
    cache: false,
    needs: Object.fromEntries(made.map((phase) => [phase.id, phase])),
    run: ({ inputs }) => inputs as never,
  });
  return definePipeline({
    id: draft.id,
    version: draft.version,
    description: '',
    ...(draft.package === undefined ? {} : { package: { name: '@mine/p', version: draft.package } }),
    phases: [...made, end],
    result: { phase: end, text: (output) => JSON.stringify(output) },
  });
}
