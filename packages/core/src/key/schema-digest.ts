import { digest } from '@orc/cache';
import type { StandardSchemaV1 } from '@standard-schema/spec';

import { functionText, isOpaque } from '../pipeline/source-text.ts';
import { schemaTokens } from './schema-tokens.ts';

type Standard = StandardSchemaV1['~standard'] & {
  readonly jsonSchema?: { output?(options: { target: string }): unknown };
};

const known = new WeakMap<StandardSchemaV1, string>();

/**
 * The digest of a schema: of what it is made of, checks, transforms and defaults with the text of their functions, as far as its
 * library lets it be seen. What a check closes over does not show; a hit is checked by the schema itself besides.
 */
export function schemaDigest(schema: StandardSchemaV1 | undefined): string {
  if (schema === undefined) return '';
  let made = known.get(schema);
  if (made === undefined) {
    const standard: Standard = schema['~standard'];
    made = digest('schema', standard.vendor, functionText(standard.validate), jsonSchemaOf(standard), [
      ...schemaTokens(schema),
    ]);
    known.set(schema, made);
  }
  return made;
}

/** Whether nothing of a schema shows: neither what it is made of nor the code of its check. */
export function isOpaqueSchema(schema: StandardSchemaV1): boolean {
  const standard: Standard = schema['~standard'];
  if (!isOpaque(standard.validate) || jsonSchemaOf(standard) !== '') return false;
  return !Object.keys(schema).some((name) => name !== '~standard');
}

// The libraries whose schemas are walked show more than their JSON Schema does, and make it at some cost.
const walked = new Set(['zod', 'valibot']);

function jsonSchemaOf(standard: Standard): string {
  if (walked.has(standard.vendor)) return '';
  try {
    return JSON.stringify(standard.jsonSchema?.output?.({ target: 'draft-2020-12' })) ?? '';
  } catch {
    // Transforms have no JSON Schema.
    return '';
  }
}
