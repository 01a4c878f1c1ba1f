import { z } from 'zod';

import type { JsonSchema } from '../../ai/model-client.ts';
import type { PipelineDocument } from './document.ts';

const name: z.ZodString = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'Expected a letter, then letters, digits, "_" or "-"');
const duration = z
  .string()
  .regex(/^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/, 'Expected a duration such as "90s", "30m" or "7d"')
  .describe('A duration: a number with ms, s, m, h or d.');
const template = z
  .string()
  .min(1)
  .describe(
    'A Mustache template: {{request.text}}, {{options.tone}}, {{outline.title}}, {{#sections}}…{{/sections}}, in a fan-out {{item}}, {{key}}, {{index}}.',
  );
const dotted = z.string().regex(/^[A-Za-z][\w-]*(?:\.[\w-]+)*$/, 'Expected a dotted path such as "outline.sections"');

const condition = z
  .strictObject({
    value: dotted.describe('What is looked at: a path into an input, `item`, `request` or `options`.'),
    equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
    below: z.number().optional(),
    atLeast: z.number().optional(),
  })
  .describe('Without equals, below or atLeast: whether the value is there and neither false, 0 nor empty.');

const sampling = z.union([
  z.string(),
  z.strictObject({
    model: z.string().optional(),
    temperature: z.number().min(0).max(2).optional(),
    topP: z.number().min(0).max(1).optional(),
    maxOutputTokens: z.int().min(1).optional(),
    stop: z.array(z.string()).optional(),
  }),
]);

const common = {
  id: name.describe('Unique in the pipeline; templates name its output by it.'),
  title: z.string().optional(),
  needs: z
    .array(z.union([name, z.strictObject({ each: name }), z.strictObject({ within: name })]))
    .optional()
    .describe('The phases whose output it uses: all of it, or item-wise with `each: phase` and `within: phase`.'),
  forEach: z
    .union([z.strictObject({ in: dotted }), z.strictObject({ phase: name })])
    .optional()
    .describe(
      'One task per element of a list in an input (`in: outline.sections`), or per item of another fan-out phase (`phase: section`).',
    ),
  when: condition.optional(),
  cache: z.union([z.boolean(), z.strictObject({ ttl: duration })]).optional(),
  timeout: duration.optional(),
  retry: z.strictObject({ attempts: z.int().min(1).max(10), backoff: duration.optional() }).optional(),
  version: z.string().optional(),
  weight: z.number().positive().optional(),
  artifact: z
    .string()
    .optional()
    .describe('A file for the user with this phase’s output; in a fan-out its name must hold {{key}}.'),
};

/** A phase that asks a model. */
const llmPhase = z.strictObject({
  ...common,
  kind: z.literal('llm').default('llm'),
  model: sampling.optional(),
  system: z.string().optional().describe('Instructions that stay the same from call to call.'),
  prompt: template,
  schema: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('A JSON Schema: the reply is JSON that satisfies it, and the output is its value.'),
});

/** A phase that puts text together. */
const templatePhase = z.strictObject({ ...common, kind: z.literal('template'), template });

/** A phase that reads declared files of the input folder. */
const readPhase = z.strictObject({
  ...common,
  kind: z.literal('read'),
  files: z
    .array(z.string().min(1))
    .min(1)
    .describe('Paths inside the input folder. The output is a list of {path, text}.'),
});

/** A whole pipeline file. */
export const documentSchema: z.ZodType<PipelineDocument> = z.strictObject({
  $schema: z.string().optional(),
  id: name,
  version: z.string().min(1),
  description: z.string(),
  options: z
    .record(
      name,
      z.strictObject({ default: z.union([z.string(), z.number(), z.boolean()]), description: z.string().optional() }),
    )
    .optional()
    .describe('What the user may set, each with a default.'),
  phases: z.array(z.discriminatedUnion('kind', [llmPhase, templatePhase, readPhase])).min(1),
  result: z
    .strictObject({ phase: name, text: dotted.optional(), title: dotted.optional() })
    .describe('The phase whose output is the result, and where in it the text and the title stand.'),
});

/** The JSON Schema of pipeline files, for editors. */
export function documentJsonSchema(): JsonSchema {
  return {
    ...z.toJSONSchema(documentSchema, { io: 'input' }),
    title: 'Orchestrator pipeline',
  } as unknown as JsonSchema;
}
