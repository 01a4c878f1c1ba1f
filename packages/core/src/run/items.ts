import type { JsonValue } from '@orc/cache';

import { OrcError, shown } from '../errors.ts';
import { jsonDigest } from '../json-digest.ts';
import type { Keyed } from '../pipeline/phase.ts';
import { jsonOutput } from './json-output.ts';

/** An item of a fan-out: its whole path, its value, and the value's digest. */
export interface Item {
  readonly path: string;
  readonly value: JsonValue;
  readonly digest: string;
}

const keyPattern = /^[A-Za-z0-9._-]+$/;

/** Checks what `forEach` gave and makes items of it. Throws `ERR_ORC_ITEMS`. */
export function checkItems(given: unknown, phase: string, parent: string): readonly Item[] {
  const fail = (where: string, expected: string, got: unknown): never => {
    throw new OrcError(
      'ERR_ORC_ITEMS',
      `Expected ${where} of \`forEach\` of phase \`${phase}\` to be ${expected}, got ${shown(got)}`,
      {
        phase,
        retryable: false,
      },
    );
  };
  if (!Array.isArray(given)) fail('the result', 'an array of { key, value }', given);
  const seen = new Set<string>();
  return (given as readonly Keyed<unknown>[]).map((item, index) => {
    if (typeof item !== 'object' || item === null) fail(`item ${index}`, '{ key, value }', item);
    const { key, value } = item;
    if (typeof key !== 'string' || !keyPattern.test(key))
      fail(`\`key\` of item ${index}`, 'letters, digits, ".", "_", "-"', key);
    if (seen.has(key)) fail(`\`key\` of item ${index}`, 'unique', key);
    seen.add(key);
    const path = parent === '' ? key : `${parent}/${key}`;
    const json = jsonOutput(value, `${phase}[${path}]`);
    return { path, value: json, digest: jsonDigest(json) };
  });
}
