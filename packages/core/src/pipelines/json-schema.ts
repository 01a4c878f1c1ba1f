import { z } from 'zod';

import type { JsonSchema } from '../ai/model-client.ts';

/** The JSON Schema of a schema, as a model's provider wants it. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema);
  return rest as JsonSchema;
}
