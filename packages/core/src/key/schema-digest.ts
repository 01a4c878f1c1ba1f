import { digest } from '@orc/cache';
import type { StandardSchemaV1 } from '@standard-schema/spec';

import { functionText } from '../pipeline/source-text.ts';

/**
 * The digest of an output schema: of its JSON Schema where the library can tell it (Standard JSON Schema), else of the text of its
 * check and its own `definition`-like members. A schema that shows neither is told apart by the phase's `version` alone.
 */
export function schemaDigest(schema: StandardSchemaV1 | undefined): string {
  if (schema === undefined) return '';
  const standard = schema['~standard'] as StandardSchemaV1['~standard'] & {
    readonly jsonSchema?: { output?(options: { target: string }): unknown };
  };
  try {
    const json = standard.jsonSchema?.output?.({ target: 'draft-2020-12' });
    // Through JSON, because libraries hang non-JSON members on what they return.
    if (json !== undefined) return digest('json-schema', standard.vendor, JSON.stringify(json));
  } catch {
    // Transforms have no JSON Schema; what follows is the next best.
  }
  return digest('validate', standard.vendor, functionText(standard.validate));
}
