import type { StandardSchemaV1 } from '@standard-schema/spec';

import { jsonDigest } from '../json-digest.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { CachedOutput } from './cached-output.ts';
import { jsonOutput } from './json-output.ts';
import { sameJson } from './same-json.ts';

/** Results in memory that were found good, each by the schema that found it so: a hit of one costs no second check. */
const checkedBy = new WeakMap<CachedOutput, StandardSchemaV1>();

/** Notes that a result was made under this phase's schema. */
export function noteChecked(phase: Phase, value: CachedOutput): void {
  const { outputSchema } = phase.definition;
  if (outputSchema !== undefined) checkedBy.set(value, outputSchema);
}

/**
 * A kept result as the phase's schema sees it today: what was checked when it was made is checked again, since no digest shows all that a
 * schema does. `undefined` where it does not satisfy the schema any more; another output where the schema makes another one of it.
 */
export function heldOutput(
  phase: Phase,
  value: CachedOutput,
): CachedOutput | undefined | Promise<CachedOutput | undefined> {
  const { outputSchema } = phase.definition;
  if (outputSchema === undefined || value.opaque === true || checkedBy.get(value) === outputSchema) return value;
  const settle = (result: StandardSchemaV1.Result<unknown>): CachedOutput | undefined => {
    if (result.issues !== undefined) return undefined;
    const output = jsonOutput(result.value, phase.id);
    const { raw = value.output } = value;
    const today = sameJson(output, value.output) ? value : { ...value, output, raw, digest: jsonDigest(output) };
    checkedBy.set(today, outputSchema);
    return today;
  };
  // A check that throws refuses too, and so does an output that JSON can't carry any more.
  try {
    const result = outputSchema['~standard'].validate(value.raw ?? value.output);
    return result instanceof Promise ? result.then(settle).catch(() => undefined) : settle(result);
  } catch {
    return undefined;
  }
}
