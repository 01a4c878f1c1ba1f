import type { StandardSchemaV1 } from '@standard-schema/spec';

import { isObject, type Check, type Loose } from './option-check.ts';
import type { PhaseCache, PhaseDefinition, PhaseKind, PhaseRetry } from './phase.ts';

/** Checks a schema. */
export function checkSchema(options: Loose, name: string, check: Check): StandardSchemaV1 | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  // Some libraries make their schemas functions.
  const schema = (
    isObject(value) || typeof value === 'function' ? (value as unknown as Loose)['~standard'] : undefined
  ) as Loose | undefined;
  if (typeof schema?.['validate'] !== 'function')
    check.fail(name, 'a Standard Schema (zod, valibot, arktype, …)', value);
  return value as StandardSchemaV1;
}

/** Checks `cache`. */
export function checkCache(value: unknown, kind: PhaseKind, check: Check): PhaseDefinition['cache'] {
  // What an `io` phase reads or does is not in its key: its author knows whether a result may be used again, nobody else.
  if (value === undefined) return kind === 'io' ? false : {};
  if (value === true) return {};
  if (value === false) return false;
  if (!isObject(value)) check.fail('cache', 'a boolean or an object', value);
  const cache = value;
  check.only(cache, 'cache', ['ttl', 'when']);
  if (cache['when'] !== undefined && typeof cache['when'] !== 'function')
    check.fail('cache.when', 'a function', cache['when']);
  const ttl = check.positive(cache, 'ttl', 'cache.ttl');
  return { ttl, when: cache['when'] as PhaseCache<never>['when'] };
}

/** Checks `retry`. */
export function checkRetry(value: unknown, check: Check): PhaseRetry | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) check.fail('retry', 'an object', value);
  const retry = value;
  check.only(retry, 'retry', ['attempts', 'backoffMs', 'maxBackoffMs', 'factor']);
  if (!Number.isSafeInteger(retry['attempts']) || (retry['attempts'] as number) < 1)
    check.fail('retry.attempts', 'an integer >= 1', retry['attempts']);
  for (const name of ['backoffMs', 'maxBackoffMs', 'factor']) {
    const number = retry[name];
    if (number !== undefined && !(typeof number === 'number' && Number.isFinite(number) && number >= 0))
      check.fail(`retry.${name}`, 'a number >= 0', number);
  }
  return value as unknown as PhaseRetry;
}
