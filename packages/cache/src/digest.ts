import { createHash, hash } from 'node:crypto';

import { shown } from './check-option.ts';
import { CacheError } from './errors.ts';
import { className, isPlain } from './is-plain.ts';
import type { JsonValue } from './json.ts';
import { isWellFormed } from './well-formed.ts';

/** What a digest can be made of: JSON values, with members in any order. */
export type DigestPart = JsonValue;

/** Names the form; a change to it must never let an old digest stand for something else. */
const FORM = 'orc1';
/** From this length on a text alone is hashed in two steps. */
const LONG = 16_384;

/**
 * A digest of some parts: 64 hex characters of SHA-256. Different parts give different bytes to hash; the order of an
 * object's members does not matter.
 *
 * @throws `CacheError` with `ERR_CACHE_DIGEST`, naming the path, for what has no faithful form: `undefined`, `NaN`,
 * infinite numbers, BigInts, functions, symbols, Maps, Sets, Dates and other class instances, sparse arrays, cycles; also for
 * what is nested some thousand levels deep.
 *
 * @example
 * ```ts
 * import { digest } from '@orc/cache';
 *
 * digest('summary', 3, { b: 1, a: 2 }) === digest('summary', 3, { a: 2, b: 1 }); // true
 * ```
 */
export function digest(...parts: DigestPart[]): string {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string' && only.length >= LONG && isWellFormed(only))
    return digestLong(only);
  let text = `${FORM}:${parts.length}:`;
  for (let index = 0; index < parts.length; index++) text += encodePart(parts[index], `[${index}]`);
  return hash('sha256', text, 'hex');
}

/** The same without putting the text together with what stands before it, which takes as long again as hashing it. */
function digestLong(text: string): string {
  return createHash('sha256').update(`${FORM}:1:s${text.length}:`).update(text).digest('hex');
}

/**
 * The form of a part that `digest` hashes. Every form says how long it is, so that forms in a row stay apart.
 * @throws As `digest` does.
 */
export function canonicalize(part: DigestPart): string {
  return encodePart(part, '');
}

function encodePart(part: unknown, path: string): string {
  try {
    return encode(part, [], path);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const place = path === '' ? 'the part' : `\`${path}\``;
    throw new CacheError('ERR_CACHE_DIGEST', `Expected ${place} to be nested less deeply, got too many levels`, {
      cause: error,
    });
  }
}

function encode(value: unknown, above: object[], path: string): string {
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'number':
      return encodeNumber(value, path);
    case 'boolean':
      return value ? 't' : 'f';
    case 'object':
      return value === null ? 'n' : encodeObject(value, above, path);
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      return refuse(path, value);
  }
}

function encodeString(value: string): string {
  // A lone surrogate has no UTF-8 of its own: all of them would become the same replacement character.
  if (!isWellFormed(value)) {
    const escaped = JSON.stringify(value);
    return `u${escaped.length}:${escaped}`;
  }
  return `s${value.length}:${value}`;
}

function encodeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) return refuse(path, value);
  return Object.is(value, -0) ? 'd-0;' : `d${value};`;
}

function encodeObject(value: object, above: object[], path: string): string {
  if (above.includes(value)) return refuse(path, value, 'a cycle');
  above.push(value);
  const text = Array.isArray(value) ? encodeArray(value, above, path) : encodePlain(value, above, path);
  above.pop();
  return text;
}

function encodeArray(value: readonly unknown[], above: object[], path: string): string {
  // A hole reads as undefined and is refused below; what is left are members that are no elements.
  if (Object.keys(value).length > value.length) return refuse(path, value, 'an array with named members');
  let text = `a${value.length}:`;
  for (let index = 0; index < value.length; index++) text += encode(value[index], above, `${path}[${index}]`);
  return text;
}

function encodePlain(value: object, above: object[], path: string): string {
  if (!isPlain(value)) return refuse(path, value, className(value));
  if (Object.getOwnPropertySymbols(value).length > 0) return refuse(path, value, 'an object with a symbol as member');
  const members = value as Record<string, unknown>;
  const names = Object.keys(members).toSorted();
  let text = `o${names.length}:`;
  for (const name of names) text += encodeString(name) + encode(members[name], above, memberPath(path, name));
  return text;
}

function memberPath(path: string, name: string): string {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return path === '' ? name : `${path}.${name}`;
  return `${path}[${JSON.stringify(name)}]`;
}

function refuse(path: string, value: unknown, what: string = shown(value)): never {
  throw new CacheError(
    'ERR_CACHE_DIGEST',
    `Expected ${path === '' ? 'the value' : `\`${path}\``} to be a JSON value, got ${what}`,
  );
}
