import { stringifyFaithfully } from '../faithful-json.ts';
import { entryParts, isObject, type Unreadable } from './entry-shape.ts';
import type { TierEntry } from './tier.ts';

/**
 * The text of an entry, for stores that keep text.
 * @throws `CacheError` with `ERR_CACHE_SERIALIZE` for a value that JSON cannot carry.
 */
export function encodeText(key: string, entry: TierEntry): string {
  const { value, storedAt, expiresAt, tags, generations, meta } = entry;
  const head = {
    v: 1,
    k: key,
    s: storedAt,
    e: expiresAt === Infinity ? null : expiresAt,
    ...(tags === undefined || tags.length === 0 ? {} : { t: tags }),
    ...(generations === undefined ? {} : { g: generations }),
    ...(meta === undefined ? {} : { m: meta }),
  };
  return `${stringifyFaithfully(head, key).slice(0, -1)},"d":${stringifyFaithfully(value, key)}}`;
}

/** The entry in a text, or what is wrong with it. */
export function decodeText<V>(text: unknown, key: string): TierEntry<V> | Unreadable {
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
  // What the value is only its reader knows.
  return 'fault' in parts ? parts : { value: envelope['d'] as V, ...parts };
}
