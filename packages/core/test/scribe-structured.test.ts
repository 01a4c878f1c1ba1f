import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createScribe } from '../src/ai/scribe/index.ts';
import type { JsonSchema } from '../src/ai/model-client.ts';

const ajv = new Ajv2020({ strict: false });

const name = fc.constantFrom(
  'title',
  'summary',
  'score',
  'steps',
  'risk',
  'passed',
  'topic',
  'audience',
  'notes',
  'anything',
);

const schemas = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .record({ type: fc.constant('string'), minLength: fc.nat({ max: 80 }) })
      .map((schema): JsonSchema => ({ ...schema, maxLength: schema.minLength + 40 })),
    fc.constant<JsonSchema>({ type: 'boolean' }),
    fc.constant<JsonSchema>({ type: 'null' }),
    fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.nat({ max: 40 }))
      .map(([minimum, span]): JsonSchema => ({ type: 'integer', minimum, maximum: minimum + span })),
    fc.constant<JsonSchema>({ type: 'number', minimum: 0, maximum: 1 }),
    fc.constant<JsonSchema>({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    fc.constant<JsonSchema>({ type: 'integer', multipleOf: 5, minimum: 3, maximum: 31 }),
    fc.constant<JsonSchema>({ enum: ['low', 'medium', 'high'] }),
    fc.constant<JsonSchema>({ const: 42 }),
    fc.constant<JsonSchema>({ type: ['string', 'null'] }),
    fc
      .tuple(tie('schema'), fc.nat({ max: 3 }), fc.nat({ max: 3 }))
      .map(([items, minItems, more]): JsonSchema => ({ type: 'array', items, minItems, maxItems: minItems + more })),
    fc.tuple(tie('schema'), tie('schema')).map((anyOf): JsonSchema => ({ anyOf })),
    fc
      .uniqueArray(fc.tuple(name, tie('schema')), { minLength: 1, maxLength: 4, selector: ([key]) => key })
      .map((entries): JsonSchema => ({
        type: 'object',
        properties: Object.fromEntries(entries),
        required: entries.map(([key]) => key),
        additionalProperties: false,
      })),
  ),
}));

describe('a structured reply of offline/scribe', () => {
  it('satisfies the schema, whatever it is', async () => {
    const scribe = createScribe();
    await fc.assert(
      fc.asyncProperty(schemas.schema, fc.integer({ min: 0, max: 1000 }), async (schema, seed) => {
        const reply = await scribe.generate({ prompt: 'Fill this in for a report on bridges.', schema, seed });
        expect(ajv.validate(schema, reply.object), ajv.errorsText()).toBe(true);
        expect(JSON.parse(reply.text)).toEqual(reply.object);
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it('ends where the schema is recursive', async () => {
    const schema: JsonSchema = {
      $defs: {
        node: {
          type: 'object',
          properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
          required: ['label'],
        },
      },
      $ref: '#/$defs/node',
    };
    const reply = await createScribe().generate({ prompt: 'A tree.', schema });
    expect(ajv.validate(schema, reply.object), ajv.errorsText()).toBe(true);
  });

  it('takes its texts from the facts of the prompt', async () => {
    const schema: JsonSchema = { type: 'object', properties: { summary: { type: 'string' } }, required: ['summary'] };
    const facts = ['The largest file is `src/engine.ts` with 900 lines.'];
    const reply = await createScribe().generate({
      prompt: `<task>overview</task>\n<facts>${JSON.stringify(facts)}</facts>`,
      schema,
    });
    expect(reply.object).toEqual({ summary: facts[0] });
  });

  it('is a sample when a prompt only looks like one of the fiction pipeline', async () => {
    const schema: JsonSchema = { type: 'object', properties: { verdict: { type: 'string' } }, required: ['verdict'] };
    const reply = await createScribe().generate({
      prompt: '<task>premise</task><brief>{"topic":"x","chapters":[{"scenes":[1]}]}</brief>',
      schema,
    });
    expect(reply.object).toEqual({ verdict: expect.any(String) as string });
  });
});
