import { defineTask } from '@orc/scheduler';

import { definePhase } from '../../pipeline/define-phase.ts';
import { definePipeline, type Pipeline } from '../../pipeline/define-pipeline.ts';
import { each } from '../../pipeline/phase.ts';
import { builtInPackage } from '../built-in-package.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import { briefText, opening } from '../opening.ts';
import { assembleProject } from './assemble.ts';
import type { FileCheck } from './check-task.ts';
import { codeOf } from './code-block.ts';
import { briefSchema, interfacesSchema, planSchema, reviewSchema } from './schemas.ts';

const passingScore = 0.85;

// One prefix for every call of a run, so that a provider's prompt cache hits from the second call on.
const system = `You work in a team that builds one small JavaScript project: ES modules for Node 20, no dependencies, tests with node:test.
Rules for every step:
- Small functions with clear names; every exported function has a JSDoc comment and checks its arguments.
- A file imports only Node's own modules and the files of this project, as './NAME.js'.
- Where a step asks for JSON, reply with that JSON alone; where it asks for code, with one fenced block alone.`;

const { brief, look } = opening({
  pipeline: 'build',
  system,
  briefSchema,
  ask: 'Say what is to be built: a package name, a summary, its users, its constraints.',
  fewestPoints: 2,
  temperature: 0.3,
});

const features = look('features', 'Features', 'List what it must do, most important first.');
const architecture = look('architecture', 'Architecture', 'List the decisions that cut it into small modules.');
const quality = look('quality', 'Quality', 'List what its tests must show.');

const plan = definePhase({
  id: 'plan',
  kind: 'llm',
  title: 'Plan',
  needs: { brief, features, architecture, quality },
  model: { temperature: 0.2 },
  outputSchema: planSchema,
  prompt: ({ inputs }) => ({
    system,
    prompt: `<task>build/plan</task>\n${briefText(inputs.brief)}\n<features>${JSON.stringify(inputs.features.points)}</features>
<architecture>${JSON.stringify(inputs.architecture.points)}</architecture>\n<quality>${JSON.stringify(inputs.quality.points)}</quality>
Name the modules, without folder or ending, each with its one purpose.`,
    schema: jsonSchemaOf(planSchema),
  }),
});

const interfaces = definePhase({
  id: 'interfaces',
  kind: 'llm',
  title: 'Interfaces',
  needs: { brief, plan },
  model: { temperature: 0.2 },
  outputSchema: interfacesSchema,
  prompt: ({ inputs }) => ({
    system,
    prompt: `<task>build/interfaces</task>\n${briefText(inputs.brief)}\n<plan>${JSON.stringify(inputs.plan.files)}</plan>
Settle what each module of the plan exports, in the order of the plan: function names, parameters, and what each does. Once this is settled, the modules are written at the same time.`,
    schema: jsonSchemaOf(interfacesSchema),
  }),
});

const file = definePhase({
  id: 'file',
  kind: 'llm',
  title: 'Files',
  needs: { brief, plan, interfaces },
  forEach: ({ inputs }) => {
    const seen = new Set<string>();
    // A name that the model gave twice would be one file written twice.
    const unique = inputs.interfaces.files.filter((entry) => !seen.has(entry.name) && seen.add(entry.name));
    return unique.map((value) => ({ key: value.name, value }));
  },
  model: { temperature: 0.2 },
  weight: 3,
  prompt: ({ inputs, item }) => ({
    system,
    prompt: `<task>build/file</task>\n${briefText(inputs.brief)}\n<interfaces>${JSON.stringify(inputs.interfaces.files)}</interfaces>
<card>${JSON.stringify({ ...item, purpose: inputs.plan.files.find((entry) => entry.name === item.name)?.purpose ?? '' })}</card>\nWrite the module \`${item.name}.js\`.`,
  }),
});

const test = definePhase({
  id: 'test',
  kind: 'llm',
  title: 'Tests',
  needs: { brief, quality },
  forEach: {
    phase: file,
    items: ({ item }) => [
      { key: 'test', value: item as { readonly name: string; readonly functions: readonly unknown[] } },
    ],
  },
  model: { temperature: 0.2 },
  prompt: ({ inputs, item }) => ({
    system,
    prompt: `<task>build/test</task>\n${briefText(inputs.brief)}\n<quality>${JSON.stringify(inputs.quality.points)}</quality>\n<card>${JSON.stringify(item)}</card>
Write the tests of the module, importing it from '../src/${item.name}.js', with node:test and node:assert/strict.`,
  }),
});

const check = definePhase({
  id: 'check',
  kind: 'cpu',
  title: 'Parsing',
  needs: { interfaces, source: each(file) },
  forEach: { phase: file },
  taskInput: ({ inputs, key }) => ({
    source: codeOf(inputs.source),
    promised: inputs.interfaces.files.find((entry) => entry.name === key)?.functions.map((entry) => entry.name) ?? [],
  }),
  run: defineTask<{ readonly source: string; readonly promised: readonly string[] }, FileCheck>({
    module: new URL('./check-task.js', import.meta.url),
    export: 'checkModule',
  }),
});

const review = definePhase({
  id: 'review',
  kind: 'llm',
  title: 'Review',
  needs: { brief, source: each(file), check: each(check) },
  forEach: { phase: file },
  model: { temperature: 0.1 },
  outputSchema: reviewSchema,
  prompt: ({ inputs, key }) => ({
    system,
    prompt: `<task>build/review</task>\n${briefText(inputs.brief)}\n<check>${JSON.stringify(inputs.check)}</check>\n<code name="${key}.js">\n${codeOf(inputs.source)}</code>
Score the module from 0 to 1 and say what must change.`,
    schema: jsonSchemaOf(reviewSchema),
  }),
});

const refine = definePhase({
  id: 'refine',
  kind: 'llm',
  title: 'Refinement',
  needs: { brief, interfaces, source: each(file), check: each(check), review: each(review) },
  forEach: { phase: file },
  when: ({ inputs }): boolean =>
    inputs.review.score < passingScore || !inputs.check.parses || inputs.check.missing.length > 0,
  model: { temperature: 0.2 },
  prompt: ({ inputs, key }) => ({
    system,
    prompt: `<task>build/refine</task>\n${briefText(inputs.brief)}\n<card>${JSON.stringify(inputs.interfaces.files.find((entry) => entry.name === key))}</card>
<check>${JSON.stringify(inputs.check)}</check>\n<notes>${JSON.stringify(inputs.review.notes)}</notes>\n<code name="${key}.js">\n${codeOf(inputs.source)}</code>\nWrite the module again with these points mended.`,
  }),
});

const recheck = definePhase({
  id: 'recheck',
  kind: 'cpu',
  title: 'Parsing again',
  needs: { interfaces, refine: each(refine) },
  forEach: { phase: file },
  when: ({ inputs }): boolean => inputs.refine !== undefined,
  taskInput: ({ inputs, key }) => ({
    source: codeOf(inputs.refine ?? ''),
    promised: inputs.interfaces.files.find((entry) => entry.name === key)?.functions.map((entry) => entry.name) ?? [],
  }),
  run: defineTask<{ readonly source: string; readonly promised: readonly string[] }, FileCheck>({
    module: new URL('./check-task.js', import.meta.url),
    export: 'checkModule',
  }),
});

const docs = definePhase({
  id: 'docs',
  kind: 'llm',
  title: 'Docs',
  needs: { brief, features, interfaces },
  model: { temperature: 0.3 },
  prompt: ({ inputs }) => ({
    system,
    prompt: `<task>build/docs</task>\n${briefText(inputs.brief)}\n<features>${JSON.stringify(inputs.features.points)}</features>\n<interfaces>${JSON.stringify(inputs.interfaces.files)}</interfaces>
<words>200</words>\nWrite the README body in Markdown, without its title: what it is, how to use each module, how to run the tests.`,
  }),
});

const assemble = definePhase({
  id: 'assemble',
  kind: 'compute',
  title: 'Assembly',
  needs: { brief, interfaces, file, refine, check, recheck, test, docs },
  run: ({ inputs }) => assembleProject(inputs),
  artifacts: (output) => output.files,
});

/** `build`: a small code project; once the interfaces are settled, all files and tests are written at the same time, parsed, reviewed and refined. */
export const buildPipeline: Pipeline = definePipeline({
  id: 'build',
  version: '1',
  description: 'Builds a small code project: files in parallel from interfaces, checked by parsing.',
  package: builtInPackage,
  phases: [
    brief,
    features,
    architecture,
    quality,
    plan,
    interfaces,
    file,
    test,
    check,
    review,
    refine,
    recheck,
    docs,
    assemble,
  ],
  result: { phase: assemble, text: (output) => output.text, title: (output) => output.title },
});
