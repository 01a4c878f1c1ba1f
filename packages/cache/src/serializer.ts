import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { checkInteger, checkKnown, checkMethods, checkText } from './check-option.ts';
import { CacheError } from './errors.ts';
import { stringifyFaithfully } from './faithful-json.ts';

/** Makes texts of values and values of texts, for a tier that keeps text. */
export interface Serializer {
  /** Stands in what is stored: what another serializer has written is a miss. */
  readonly name: string;
  /** The text of a value. What it throws is the cause of an `ERR_CACHE_SERIALIZE`. */
  serialize(value: unknown): string;
  /** The value of a text. What it throws makes the entry a miss. */
  deserialize(text: string): unknown;
}

/**
 * Carries what structured cloning does: `undefined`, `NaN`, `-0`, BigInt, Date, Map, Set, RegExp, typed arrays, Buffer, errors, cycles.
 * Instances of other classes come back as plain objects; functions are refused. Costs about a third more room than JSON.
 */
export const v8Serializer: Serializer = {
  name: 'v8',
  serialize: (value) => serialize(value).toString('base64'),
  deserialize: (text) => deserialize(Buffer.from(text, 'base64')),
};

const json: Serializer = {
  name: 'json',
  serialize: (value) => stringifyFaithfully(value, ''),
  deserialize: (text) => JSON.parse(text),
};

/** Options of {@link compressed}. */
export interface CompressedOptions {
  /**
   * Makes the text that is compressed.
   * @defaultValue JSON, refusing what that cannot carry
   */
  readonly serializer?: Serializer | undefined;
  /**
   * How many characters a text has at least to be compressed.
   * @defaultValue 1024
   */
  readonly atLeast?: number | undefined;
  /**
   * How many bytes a compressed text may have when it is not, so that a forged one fills no memory.
   * @defaultValue 268_435_456 (256 MiB)
   */
  readonly maxBytes?: number | undefined;
}

/**
 * A serializer whose texts are compressed (deflate), at once and without a promise.
 * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range.
 */
export function compressed(options: CompressedOptions = {}): Serializer {
  checkKnown(options, ['serializer', 'atLeast', 'maxBytes'], 'compressed');
  const { serializer = json, atLeast = 1024, maxBytes = 268_435_456 } = options;
  checkSerializer(serializer);
  checkInteger('atLeast', atLeast, 0);
  const limit = { maxOutputLength: checkInteger('maxBytes', maxBytes, 1) };
  return {
    name: `${serializer.name}+deflate`,
    serialize: (value) => {
      const text = serializer.serialize(value);
      return text.length < atLeast ? `=${text}` : `~${deflateRawSync(text).toString('base64')}`;
    },
    deserialize: (text) => {
      if (text.startsWith('=')) return serializer.deserialize(text.slice(1));
      return serializer.deserialize(inflateRawSync(Buffer.from(text.slice(1), 'base64'), limit).toString());
    },
  };
}

/** Refuses what is no serializer. */
export function checkSerializer(value: unknown): void {
  if (value === undefined) return;
  checkMethods('serializer', value, ['serialize', 'deserialize']);
  checkText('serializer.name', (value as Serializer).name);
}

/**
 * The JSON of a value, or of its text by a serializer.
 * @throws `CacheError` with `ERR_CACHE_SERIALIZE`.
 */
export function packValue(value: unknown, key: string, serializer: Serializer | undefined): string {
  if (serializer === undefined) return stringifyFaithfully(value, key);
  let text: unknown;
  try {
    text = serializer.serialize(value);
  } catch (cause) {
    const message = `Expected the value of key ${JSON.stringify(key)} to be what serializer \`${serializer.name}\` can carry, it threw`;
    throw new CacheError('ERR_CACHE_SERIALIZE', message, { key, cause });
  }
  if (typeof text === 'string') return JSON.stringify(text);
  throw new CacheError(
    'ERR_CACHE_SERIALIZE',
    `Expected serializer \`${serializer.name}\` to make a text of the value of key ${JSON.stringify(key)}, got something else`,
    { key },
  );
}

/** The value of what JSON brought, which a serializer of a name has made; what is wrong with it otherwise. */
export function unpackValue(
  packed: unknown,
  by: unknown,
  serializer: Serializer | undefined,
): { readonly value: unknown } | { readonly fault: string } {
  if (by !== serializer?.name) return { fault: 'serializer' };
  if (serializer === undefined) return { value: packed };
  if (typeof packed !== 'string') return { fault: 'value' };
  try {
    return { value: serializer.deserialize(packed) };
  } catch {
    return { fault: 'value' };
  }
}
