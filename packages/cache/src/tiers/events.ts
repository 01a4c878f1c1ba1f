import type { TierInvalidation } from './tier.ts';

/** The calls of a tier that can fail. */
export type TierOperation = 'get' | 'set' | 'delete' | 'clear' | 'close' | 'lock' | 'getMany';

/** The kinds of calls that a tier is left alone for each by itself: reads (`get`, `getMany`), writes (`set`, `delete`, `clear`), locks. */
export type TierAccess = 'read' | 'write' | 'lock';

/** A call failed or took too long; the cache went on without it. */
export interface TierErrorEvent {
  /** Which event. */
  readonly type: 'tier-error';
  /** The name of the tier. */
  readonly tier: string;
  /** What was asked of it. */
  readonly operation: TierOperation;
  /** The key that it was about, if one. */
  readonly key?: string | undefined;
  /** What went wrong. */
  readonly error: unknown;
}

/** A tier failed so often that it is not asked for a while: not read, not written to, or not asked for locks. */
export interface TierOpenEvent {
  /** Which event. */
  readonly type: 'tier-open';
  /** The name of the tier. */
  readonly tier: string;
  /** What it is not asked for. Where writes fail, as on a full disk, what it has is still read. */
  readonly access: TierAccess;
  /** How often it failed in a row. */
  readonly failures: number;
  /** When it is asked again, in ms from now. */
  readonly retryInMs: number;
}

/** A tier answers again. */
export interface TierCloseEvent {
  /** Which event. */
  readonly type: 'tier-close';
  /** The name of the tier. */
  readonly tier: string;
  /** What it is asked for again. */
  readonly access: TierAccess;
}

/** An entry could not be read and has been set aside. */
export interface EntryCorruptEvent {
  /** Which event. */
  readonly type: 'entry-corrupt';
  /** The name of the tier. */
  readonly tier: string;
  /** The key that was asked for, if one was. */
  readonly key?: string | undefined;
  /** What is wrong with it: `checksum`, `truncated`, `foreign`, `key`, … */
  readonly reason: string;
  /** Where it is, or was. */
  readonly where: string;
}

/** Another process changed something, and the nearer tiers have forgotten it. */
export interface TierInvalidatedEvent {
  /** Which event. */
  readonly type: 'tier-invalidated';
  /** The name of the tier that said so. */
  readonly tier: string;
  /** What was changed. */
  readonly what: TierInvalidation;
}

/** A refresh in the background failed; the stale value is still there. */
export interface RefreshErrorEvent {
  /** Which event. */
  readonly type: 'refresh-error';
  /** The key that was computed anew. */
  readonly key: string;
  /** What went wrong. */
  readonly error: unknown;
}

/** A value was computed and handed out, but could not be kept: `ttl`, `tags`, `meta` or `shouldCache` of the call threw. */
export interface KeepErrorEvent {
  /** Which event. */
  readonly type: 'keep-error';
  /** The key that was computed. */
  readonly key: string;
  /** What was thrown. */
  readonly error: unknown;
}

/** What a `TieredCache` tells `onEvent`. */
export type CacheEvent =
  | TierErrorEvent
  | TierOpenEvent
  | TierCloseEvent
  | EntryCorruptEvent
  | TierInvalidatedEvent
  | RefreshErrorEvent
  | KeepErrorEvent;
