import { stringifyFaithfully } from '../faithful-json.ts';
import { packValue, type Serializer, unpackValue } from '../serializer.ts';
import { entryParts, isObject, type Unreadable } from './entry-shape.ts';
import type { TierEntry } from './tier.ts';

/**
 * The text of an entry, for stores that keep text.
 * @throws `CacheError` with `ERR_CACHE_SERIALIZE` for a value that JSON cannot carry.
 */
export function encodeText(key: string, entry: TierEntry, serializer?: Serializer): string {
  const { value, storedAt, expiresAt, tags, generations, meta } = entry;
  const head = {
    v: 1,
    k: key,
    s: storedAt,
    e: expiresAt === Infinity ? null : expiresAt,
    ...(tags === undefined || tags.length === 0 ? {} : { t: tags }),
    ...(generations === undefined ? {} : { g: generations }),
    ...(meta === undefined ? {} : { m: meta }),
    ...(serializer === undefined ? {} : { b: serializer.name }),
  };
  return `${stringifyFaithfully(head, key).slice(0, -1)},"d":${packValue(value, key, serializer)}}`;
}

/** The entry in a text, or what is wrong with it. */
export function decodeText<V>(text: unknown, key: string, serializer?: Serializer): TierEntry<V> | Unreadable {
  if (typeof text !== 'string') return { fault: 'foreign' };
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    return { fault: 'json' };
  }
  if (!isObject(envelope) || envelope['v'] !== 1 || !Object.hasOwn(envelope, 'd')) return { fault: 'foreign' };
  if (envelope['k'] !== key) return { fault: 'key' };
  const { s: storedAt, e: expiresAt, t: tags, g: generations, m: meta } = envelope;
  const parts = entryParts({ storedAt, expiresAt, tags, generations, meta });
  if ('fault' in parts) return parts;
  const unpacked = unpackValue(envelope['d'], envelope['b'], serializer);
  // What the value is only its reader knows.
  return 'fault' in unpacked ? unpacked : { value: unpacked.value as V, ...parts };
}
