import type { JsonValue } from '@orc/cache';

import { OrcError } from '../errors.ts';
import { isThenable, leave } from './plain-answer.ts';

/**
 * A frozen copy of a phase's output, exactly what `JSON.parse(JSON.stringify(output))` gives: a dependant sees the same value whether the
 * task ran, was a hit or was resumed, and nobody can change what others share. Members that are `undefined` are dropped.
 *
 * @throws OrcError `ERR_ORC_OUTPUT_NOT_JSON` with the path of what JSON can't carry.
 */
export function jsonOutput(value: unknown, task: string): JsonValue {
  return copy(value, task, [], 0);
}

const deepest = 1000;

function copy(value: unknown, task: string, path: (string | number)[], depth: number): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
    return fail(String(value), task, path);
  }
  if (typeof value !== 'object') return fail(value === undefined ? 'undefined' : `a ${typeof value}`, task, path);
  if (value === null) return null;
  if (depth > deepest) return fail('a value that is nested too deep, or that contains itself', task, path.slice(0, 10));
  if (Array.isArray(value)) {
    const list: JsonValue[] = [];
    for (let index = 0; index < value.length; index += 1) {
      path.push(index);
      list.push(copy(value[index], task, path, depth + 1));
      path.pop();
    }
    return Object.freeze(list) as JsonValue;
  }
  if (isThenable(value)) {
    leave(value);
    return fail('a promise', task, path);
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  // The second test lets plain objects of another realm through, such as those that a test runner's sandbox makes.
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return fail(`an instance of ${prototype.constructor?.name ?? 'a class'}`, task, path);
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return fail('an object with toJSON', task, path);
  const result: Record<string, JsonValue> = {};
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    path.push(name);
    const copied = copy(member, task, path, depth + 1);
    path.pop();
    if (name === '__proto__')
      Object.defineProperty(result, name, { value: copied, enumerable: true, configurable: true, writable: true });
    else result[name] = copied;
  }
  return Object.freeze(result) as JsonValue;
}

function fail(what: string, task: string, path: readonly (string | number)[]): never {
  const where = path.length === 0 ? 'the output' : `\`${path.join('.')}\` in the output`;
  throw new OrcError('ERR_ORC_OUTPUT_NOT_JSON', `Expected ${where} of task \`${task}\` to be JSON, got ${what}`, {
    task,
    retryable: false,
    hint: 'Outputs are cached, journalled and handed to other threads: return plain objects, arrays, texts, finite numbers, booleans or null.',
  });
}

/** Freezes a parsed JSON value in place, all the way down. */
export function freezeJson<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freezeJson(member);
  }
  return value;
}
