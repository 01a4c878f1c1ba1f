import type { JsonSchema } from './model-client.ts';

/** Tells what is wrong with a value, or `undefined` when it satisfies the schema. */
export type SchemaCheck = (value: unknown) => string | undefined;

const checks = new WeakMap<JsonSchema, Promise<SchemaCheck>>();

/** A check for a JSON Schema. A schema that the validator cannot express is not checked here: the phase's own output schema still is. */
export function schemaCheck(schema: JsonSchema): Promise<SchemaCheck> {
  let check = checks.get(schema);
  if (check === undefined) {
    check = compile(schema);
    checks.set(schema, check);
  }
  return check;
}

async function compile(schema: JsonSchema): Promise<SchemaCheck> {
  const { fromJSONSchema } = await import('zod');
  let validator: ReturnType<typeof fromJSONSchema>;
  try {
    validator = fromJSONSchema(schema);
  } catch {
    return () => undefined;
  }
  return (value) => {
    const { error } = validator.safeParse(value);
    if (error === undefined) return undefined;
    const told = error.issues
      .slice(0, 5)
      .map((issue) => `\`${issue.path.join('.') || '(whole value)'}\`: ${issue.message}`);
    const more = error.issues.length - told.length;
    return told.join('; ') + (more > 0 ? `; ${more} more` : '');
  };
}

/** Whether a schema fits OpenAI's strict mode: every object closed, every property required. */
export function isStrictSchema(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrictSchema);
  if (typeof schema !== 'object' || schema === null) return true;
  const { properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (typeof properties === 'object' && properties !== null) {
    const names = Object.keys(properties);
    if (additionalProperties !== false || !Array.isArray(required) || !names.every((name) => required.includes(name)))
      return false;
  } else if ((schema as Record<string, unknown>)['type'] === 'object') return false;
  return Object.values(schema).every(isStrictSchema);
}
