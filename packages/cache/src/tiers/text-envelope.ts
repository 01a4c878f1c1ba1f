import { stringifyFaithfully } from '../faithful-json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { TierEntry } from './tier.ts';

/** An entry as one text, for stores that keep text. */
interface TextEnvelope {
  readonly v: 1;
  readonly k: string;
  readonly s: number;
  readonly e: number | null;
  readonly t?: readonly string[];
  readonly m?: JsonObject;
  readonly d: JsonValue;
}

/**
 * The text of an entry.
 * @throws `CacheError` with `ERR_CACHE_SERIALIZE` for a value that JSON cannot carry.
 */
export function encodeText(key: string, entry: TierEntry): string {
  const { value, storedAt, expiresAt, tags, meta } = entry;
  const head = {
    v: 1,
    k: key,
    s: storedAt,
    e: expiresAt === Infinity ? null : expiresAt,
    ...(tags === undefined || tags.length === 0 ? {} : { t: tags }),
    ...(meta === undefined ? {} : { m: meta }),
  };
  return `${stringifyFaithfully(head, key).slice(0, -1)},"d":${stringifyFaithfully(value, key)}}`;
}

/** The entry in a text, or what is wrong with it. */
export function decodeText<V>(text: unknown, key: string): TierEntry<V> | { readonly fault: string } {
  if (typeof text !== 'string') return { fault: 'foreign' };
  let envelope: Partial<TextEnvelope> | null;
  try {
    envelope = JSON.parse(text) as Partial<TextEnvelope> | null;
  } catch {
    return { fault: 'json' };
  }
  if (envelope?.v !== 1 || typeof envelope.s !== 'number' || !('d' in envelope)) return { fault: 'foreign' };
  if (envelope.k !== key) return { fault: 'key' };
  return {
    value: envelope.d as V,
    storedAt: envelope.s,
    expiresAt: envelope.e ?? Infinity,
    ...(envelope.t === undefined ? {} : { tags: envelope.t }),
    ...(envelope.m === undefined ? {} : { meta: envelope.m }),
  };
}
