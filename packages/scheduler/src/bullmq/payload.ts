import { deserialize, serialize } from 'node:v8';

import type { Redis } from 'ioredis';

import { SchedulerError } from '../errors.ts';
import { sha256 } from './signature.ts';

/** A value on its way through Redis. */
export type Packed =
  /** `undefined`. */
  | { readonly t: 'u' }
  /** A value that JSON carries faithfully. */
  | { readonly t: 'j'; readonly v: unknown }
  /** Anything else that can be cloned, in V8's own format, base64. */
  | { readonly t: 'c'; readonly v: string }
  /** Stored beside the job: how many bytes, and their SHA-256. */
  | { readonly t: 'r'; readonly of: 'j' | 'c'; readonly key: string; readonly bytes: number; readonly sha256: string };

/** Packs values for the journey, and stores large ones beside the job. */
export interface PayloadStore {
  /** Packs a value; one of more than fits in the record is stored under `key`. */
  pack(value: unknown, key: string): Promise<Packed>;
  /** Undoes `pack`, for a value that belongs under `key`. */
  unpack(packed: Packed, key: string): Promise<unknown>;
}

/** What a {@link PayloadStore} is bound to. */
export interface PayloadLimits {
  /** Bytes that fit in the job's record. */
  readonly inlineBytes: number;
  /** The most bytes of one value, in both directions. */
  readonly maxBytes: number;
  /** Milliseconds for which a stored value stays. */
  readonly keepMs: number;
}

/** Makes the store. */
export function payloadStore(client: Redis, limits: PayloadLimits): PayloadStore {
  const { inlineBytes, maxBytes, keepMs } = limits;
  return {
    async pack(value, key) {
      if (value === undefined) return { t: 'u' };
      const of = isFaithfulJson(value, 0) ? 'j' : 'c';
      const body = of === 'j' ? Buffer.from(JSON.stringify(value)) : clone(value);
      if (body.byteLength > maxBytes) throw tooLarge(body.byteLength, maxBytes);
      if (body.byteLength <= inlineBytes)
        return of === 'j' ? { t: 'j', v: value } : { t: 'c', v: body.toString('base64') };
      await client.set(key, body, 'PX', keepMs);
      return { t: 'r', of, key, bytes: body.byteLength, sha256: sha256(body) };
    },
    async unpack(packed, key) {
      switch (packed.t) {
        case 'u':
          return undefined;
        case 'j':
          return packed.v;
        case 'c':
          return parse('c', Buffer.from(packed.v, 'base64'));
        case 'r':
          if (packed.key !== key) throw unusable('it is said to stand under a key that is not its own');
          return parse(packed.of, await stored(client, packed, maxBytes));
        default:
          return packed satisfies never;
      }
    },
  };
}

/** Says what a packed value holds, for a signature: the same for a value in the record and beside it. */
export function contentOf(packed: Packed): string {
  switch (packed.t) {
    case 'u':
      return 'u';
    case 'j':
      return `j:${sha256(textOf(packed.v))}`;
    case 'c':
      return `c:${sha256(Buffer.from(packed.v, 'base64'))}`;
    case 'r':
      return `${packed.of}:${packed.sha256}`;
    default:
      return packed satisfies never;
  }
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw unusable('it is nested too deeply', cause);
  }
}

async function stored(client: Redis, packed: Extract<Packed, { t: 'r' }>, maxBytes: number): Promise<Buffer> {
  const { key, bytes, sha256: digest } = packed;
  // Asked for before it is fetched: what the record says of the size may be a lie.
  const actual = await client.strlen(key).catch(notText);
  if (actual === 0) {
    throw new SchedulerError(
      'ERR_SCHEDULER_PAYLOAD',
      `A value of ${String(bytes)} bytes is no longer in Redis (key ${key}). Raise \`keepMs\`, or give Redis more memory`,
    );
  }
  if (actual > maxBytes) throw tooLarge(actual, maxBytes);
  const body = await client.getBuffer(key).catch(notText);
  if (body === null || sha256(body) !== digest) throw unusable('its bytes are not those that were sent');
  return body;
}

// A key of another type is refused by Redis itself; a lost connection is not the value's fault.
function notText(error: unknown): never {
  throw error instanceof Error && error.name === 'ReplyError' ? unusable(error.message, error) : error;
}

function parse(of: 'j' | 'c', body: Buffer): unknown {
  try {
    return of === 'j' ? (JSON.parse(body.toString('utf8')) as unknown) : deserialize(body);
  } catch (cause) {
    throw unusable('it can not be read', cause);
  }
}

function unusable(why: string, cause?: unknown): SchedulerError {
  return new SchedulerError('ERR_SCHEDULER_PAYLOAD', `A value that came through Redis can not be used: ${why}`, {
    cause,
  });
}

function tooLarge(bytes: number, maxBytes: number): SchedulerError {
  return new SchedulerError(
    'ERR_SCHEDULER_PAYLOAD',
    `Expected a value of at most ${String(maxBytes)} bytes (\`maxBytes\`) to travel through Redis, got ${String(bytes)}`,
  );
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
