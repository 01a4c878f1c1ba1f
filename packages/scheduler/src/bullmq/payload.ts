import { deserialize, serialize } from 'node:v8';

import type { Redis } from 'ioredis';

import { SchedulerError } from '../errors.ts';

/** A value on its way through Redis. */
export type Packed =
  /** `undefined`. */
  | { readonly t: 'u' }
  /** A value that JSON carries faithfully. */
  | { readonly t: 'j'; readonly v: unknown }
  /** Anything else that can be cloned, in V8's own format, base64. */
  | { readonly t: 'c'; readonly v: string }
  /** Stored beside the job. */
  | { readonly t: 'r'; readonly of: 'j' | 'c'; readonly key: string; readonly bytes: number };

/** Packs values for the journey, and stores large ones beside the job. */
export interface PayloadStore {
  /** Packs a value; one of more than the limit is stored under `key`. */
  pack(value: unknown, key: string): Promise<Packed>;
  /** Undoes `pack`. */
  unpack(packed: Packed): Promise<unknown>;
}

/** Makes the store. `inlineBytes`: what fits in the job's record; `ttlMs`: how long a larger value stays. */
export function payloadStore(client: Redis, inlineBytes: number, ttlMs: number): PayloadStore {
  return {
    async pack(value, key) {
      if (value === undefined) return { t: 'u' };
      const of = isFaithfulJson(value, 0) ? 'j' : 'c';
      const body = of === 'j' ? Buffer.from(JSON.stringify(value)) : clone(value);
      if (body.byteLength <= inlineBytes)
        return of === 'j' ? { t: 'j', v: value } : { t: 'c', v: body.toString('base64') };
      await client.set(key, body, 'PX', ttlMs);
      return { t: 'r', of, key, bytes: body.byteLength };
    },
    async unpack(packed) {
      switch (packed.t) {
        case 'u':
          return undefined;
        case 'j':
          return packed.v;
        case 'c':
          return deserialize(Buffer.from(packed.v, 'base64'));
        case 'r': {
          const body = await client.getBuffer(packed.key);
          if (body === null) {
            throw new SchedulerError(
              'ERR_SCHEDULER_PAYLOAD',
              `A value of ${String(packed.bytes)} bytes is no longer in Redis (key ${packed.key}). Raise \`keepMs\`, or give Redis more memory`,
            );
          }
          return packed.of === 'j' ? JSON.parse(body.toString('utf8')) : deserialize(body);
        }
        default:
          throw new SchedulerError(
            'ERR_SCHEDULER_PAYLOAD',
            'A payload came in a format that this version does not know',
          );
      }
    },
  };
}

function clone(value: unknown): Buffer {
  try {
    return serialize(value);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SchedulerError(
      'ERR_SCHEDULER_PAYLOAD',
      `Expected plain data that can travel to another machine: ${detail}`,
      { cause },
    );
  }
}

const deepest = 100;

/** Whether `JSON.parse(JSON.stringify(value))` is the same value, `undefined` members included. */
function isFaithfulJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (value === null) return true;
  // Cycles end here too; V8's format carries them.
  if (depth > deepest) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isFaithfulJson(value[index], depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if ((key === 'toJSON' && typeof member === 'function') || !isFaithfulJson(member, depth + 1)) return false;
  }
  return true;
}
