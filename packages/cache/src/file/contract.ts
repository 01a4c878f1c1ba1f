import type { JsonObject } from '../json.ts';
import type { Tier, TierCallOptions, TierLock } from '../tiers/tier.ts';

/** An entry of a file tier, without its value. */
export interface FileEntry {
  /** Its key. */
  readonly key: string;
  /** How many bytes its file has. */
  readonly bytes: number;
  /** When it was written first, in ms since 1970. */
  readonly storedAt: number;
  /** When it expires, in ms since 1970; `Infinity` for never. */
  readonly expiresAt: number;
  /** When it was written or read last, in ms since 1970, give or take a minute. */
  readonly usedAt: number;
  /** The tags it was stored with. */
  readonly tags: readonly string[];
  /** What is kept beside the value. */
  readonly meta: JsonObject | undefined;
}

/** What is in a file tier's folder. */
export interface FileTierStats {
  /** How many entries there are, expired ones included until the next sweep. */
  readonly entries: number;
  /** How many bytes they have. */
  readonly bytes: number;
  /** How many files have been set aside because they could not be read. */
  readonly corrupt: number;
  /** When the folder was swept last, in ms since 1970; `undefined` if never. */
  readonly sweptAt: number | undefined;
}

/** What a sweep has removed. */
export interface SweepResult {
  /** How many entries. */
  readonly removed: number;
  /** How many bytes they had. */
  readonly bytes: number;
}

/** A tier that keeps its entries in files. */
export interface FileTier<V = unknown> extends Tier<V> {
  /** The folder, absolute. */
  readonly dir: string;
  /** Goes through the entries without reading their values. Corrupt files are left out. */
  entries(): AsyncIterable<FileEntry>;
  /** Counts what is in the folder; looks at every file. */
  stats(): Promise<FileTierStats>;
  /** Removes what has expired, what is too old and what is too much; returns how many entries and bytes that was. */
  prune(): Promise<SweepResult>;
  /** Waits for the right to compute a key. */
  lock(key: string, options?: TierCallOptions): Promise<TierLock | undefined>;
}
