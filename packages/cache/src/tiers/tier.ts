import type { JsonObject } from '../json.ts';

/** A value as a tier keeps it. */
export interface TierEntry<V = unknown> {
  /** The value. */
  readonly value: V;
  /** When it was written first, in ms since 1970. It keeps this time on its way through the tiers. */
  readonly storedAt: number;
  /** When it expires, in ms since 1970; `Infinity` for never. */
  readonly expiresAt: number;
  /** The tags that it was stored with. */
  readonly tags?: readonly string[] | undefined;
  /** What the tags were worth when it was written, by the name of a tier; kept as it is. */
  readonly generations?: Readonly<Record<string, readonly string[]>> | undefined;
  /** What the caller wants to find beside the value. */
  readonly meta?: JsonObject | undefined;
}

/** The right to compute a key, held across processes. */
export interface TierLock {
  /** Gives the right back. Calling it again does nothing. */
  release(): Promise<void>;
}

/** Options of a tier's calls. */
export interface TierCallOptions {
  /** Ends the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What other processes have changed: a key, everything, or there is no telling because their messages were missed. */
export type TierInvalidation =
  | {
      /** The key that was changed. */
      readonly key: string;
    }
  | {
      /** Everything was removed. */
      readonly all: true;
    }
  | {
      /** Messages were missed. */
      readonly missed: true;
    };

/** Tells a cache what a tier has noticed by itself. */
export interface TierListener {
  /** An entry could not be read and has been set aside. */
  entryCorrupt?(key: string | undefined, reason: string, where: string): void;
  /** Another process has changed something. */
  invalidated?(what: TierInvalidation): void;
}

/** One level of a cache. `tierContract` of `@orc/cache/testing` says what each method promises. */
export interface Tier<V = unknown> {
  /** What events and statistics call it. */
  readonly name: string;
  /** The entry of a key; an expired one is as good as none. */
  get(key: string, options?: TierCallOptions): TierEntry<V> | undefined | Promise<TierEntry<V> | undefined>;
  /** Keeps an entry. One that has expired already is removed. */
  set(key: string, entry: TierEntry<V>, options?: TierCallOptions): void | Promise<void>;
  /** Throws `ERR_CACHE_SERIALIZE` for a value that it could not keep; asked before anything is set. */
  check?(key: string, value: V): void;
  /** Removes an entry; returns whether there was one, as far as the tier can tell. */
  delete(key: string): boolean | Promise<boolean>;
  /** Removes all entries of this tier. */
  clear(): void | Promise<void>;
  /** Lets go of what the tier holds. A client that was handed in stays open. */
  close(): void | Promise<void>;
  /** The entries of some keys in one go. */
  getMany?(keys: readonly string[]): Promise<Map<string, TierEntry<V>>>;
  /** Waits for the right to compute a key; `undefined` means: compute without. */
  lock?(key: string, options?: TierCallOptions): Promise<TierLock | undefined>;
  /** Tells a listener what it notices, until the returned function is called. */
  listen?(listener: TierListener): () => void;
}
