import type { JsonValue } from '@orc/cache';

import type { ModelUsage } from '../ai/model-client.ts';

/** A phase's result as the cache keeps it: the output, and what it took to make it. */
export interface CachedOutput {
  /** The output. */
  readonly output: JsonValue;
  /** What the phase had returned, where its schema made another value of it: what a hit is checked by. */
  readonly raw?: JsonValue | undefined;
  /** Whether JSON could not carry what the phase had returned, so that a hit can not be checked. */
  readonly opaque?: boolean | undefined;
  /** Whether it is handed to those who waited for it, and not kept: what it was made from changed meanwhile. */
  readonly passing?: boolean | undefined;
  /** The digest of the output. */
  readonly digest: string;
  /** When it was made, in milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds it took. */
  readonly durationMs: number;
  /** Tokens it cost. */
  readonly usage?: ModelUsage | undefined;
  /** US dollars it cost; `null` where a price is not known. */
  readonly costUsd?: number | null | undefined;
}
