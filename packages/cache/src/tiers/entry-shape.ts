import type { JsonObject } from '../json.ts';

/** The last time that a date can tell, in ms since 1970; who shows one later would fail. */
const LAST_TIME = 8.64e15;

/** What stands beside the value of an entry. */
export interface EntryParts {
  /** When it was written first, in ms since 1970. */
  readonly storedAt: number;
  /** When it expires, in ms since 1970; `Infinity` for never. */
  readonly expiresAt: number;
  /** The tags it was stored with. */
  readonly tags?: readonly string[];
  /** What the tags were worth when it was written, by the name of a tier. */
  readonly generations?: Readonly<Record<string, readonly string[]>>;
  /** What the caller keeps beside the value. */
  readonly meta?: JsonObject;
}

/** What cannot be taken for an entry, and why. */
export interface Unreadable {
  /** What is wrong with it. */
  readonly fault: string;
}

/**
 * What stands beside a value, as JSON brought it from where anybody may have written: every member has the type that it says, or all of it
 * is unreadable.
 */
export function entryParts(raw: { readonly [Name in keyof EntryParts]?: unknown }): EntryParts | Unreadable {
  const { storedAt, expiresAt, tags, generations, meta } = raw;
  if (!isTime(storedAt) || (expiresAt !== null && typeof expiresAt !== 'number')) return { fault: 'shape' };
  if ((tags !== undefined && !isTags(tags)) || (meta !== undefined && !isObject(meta))) return { fault: 'shape' };
  if (generations !== undefined && !isGenerations(generations)) return { fault: 'shape' };
  const end = expiresAt === null || !(expiresAt <= LAST_TIME) ? Infinity : expiresAt;
  if (tags === undefined && meta === undefined && generations === undefined) return { storedAt, expiresAt: end };
  return {
    storedAt,
    expiresAt: end,
    ...(tags === undefined ? {} : { tags }),
    ...(generations === undefined ? {} : { generations }),
    ...(meta === undefined ? {} : { meta: meta as JsonObject }),
  };
}

/** Whether something JSON has brought is an object with members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= LAST_TIME;
}

function isGenerations(value: unknown): value is Readonly<Record<string, readonly string[]>> {
  return isObject(value) && Object.values(value).every(isTags);
}

function isTags(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((tag) => typeof tag === 'string');
}
