import {
  checkClock,
  checkDuration,
  checkFlag,
  checkFunction,
  checkInteger,
  checkKnown,
  checkMethods,
  checkText,
  shown,
} from '../check-option.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CacheError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { cacheOptionNames, type ComputeOptions, type TtlLruCacheOptions } from '../memory/options.ts';
import type { BreakerOptions } from './breaker.ts';
import type { CacheEvent } from './events.ts';
import type { Tier } from './tier.ts';

/** Options of {@link TieredCache}. */
export interface TieredCacheOptions<V = unknown> {
  /**
   * The memory tier, or `false` for none. Its `ttl` is how long a value stays in memory at most, however long it lives elsewhere.
   * @defaultValue `{}`: 1000 entries, 30 minutes
   */
  readonly memory?: Omit<TtlLruCacheOptions<string, V>, 'clock' | 'onRemove'> | false | undefined;
  /**
   * The slower tiers, the nearest first: file, then shared.
   * @defaultValue `[]`
   */
  readonly tiers?: readonly Tier[] | undefined;
  /**
   * How long a value lives in the slower tiers when the call does not say, in ms. Each tier may have a limit of its own.
   * @defaultValue Infinity
   */
  readonly ttl?: number | undefined;
  /**
   * How long a call of a tier may take, in ms; after that it is a miss.
   * @defaultValue 1000
   */
  readonly tierTimeout?: number | undefined;
  /** When a tier that fails is left alone. */
  readonly breaker?: BreakerOptions | undefined;
  /**
   * Whether `getOrCompute` holds the lock of a tier that has one, so that a key is computed once for all processes.
   * @defaultValue true
   */
  readonly lock?: boolean | undefined;
  /**
   * Where time comes from.
   * @defaultValue systemClock
   */
  readonly clock?: Clock | undefined;
  /** Told what the cache went through. What it throws, or rejects with, is ignored. */
  readonly onEvent?: ((event: CacheEvent) => void) | undefined;
}

/** Options of {@link TieredCache.set}. */
export interface TieredSetOptions {
  /** How long the value lives, in ms. */
  readonly ttl?: number | undefined;
  /** What `invalidateTag` finds it by. */
  readonly tags?: readonly string[] | undefined;
  /** What is kept beside the value. */
  readonly meta?: JsonObject | undefined;
  /** As in the options of the memory tier, for this entry there. */
  readonly staleWhileRevalidate?: number | undefined;
  /** As in the options of the memory tier, for this entry there. */
  readonly staleIfError?: number | undefined;
}

/** Where a value came from: a tier, this caller's computation, or one that was under way. */
export type ValueSource =
  | {
      /** The name of the tier; `memory` for memory. */
      readonly tier: string;
    }
  | 'computed'
  | 'shared';

/** Options of {@link TieredCache.getOrCompute}. */
export interface TieredComputeOptions<V> extends ComputeOptions<V> {
  /** What is kept beside the value, or a function of the value that says so. */
  readonly meta?: JsonObject | ((value: V) => JsonObject | undefined) | undefined;
  /** Told where the value came from, before it is handed out. What it throws, or rejects with, is ignored. */
  readonly onSource?: ((source: ValueSource) => void) | undefined;
}

/** {@link TieredCacheOptions}, checked and complete. */
export interface ResolvedTieredOptions {
  readonly memory: Omit<TtlLruCacheOptions<string, never>, 'clock' | 'onRemove'> | false;
  readonly tiers: readonly Tier[];
  readonly ttl: number;
  readonly tierTimeout: number;
  readonly breaker: { readonly failures: number; readonly cooldown: number };
  readonly lock: boolean;
  readonly clock: Clock;
  readonly onEvent: ((event: CacheEvent) => void) | undefined;
}

/** The clock is that of the whole cache, and what is removed from memory may still be in another tier. */
const memoryOptionNames = cacheOptionNames.filter((name) => name !== 'clock' && name !== 'onRemove');
const known = ['memory', 'tiers', 'ttl', 'tierTimeout', 'breaker', 'lock', 'clock', 'onEvent'] as const;

/** Checks the options and fills in the defaults. */
export function resolveTieredOptions<V>(options: TieredCacheOptions<V>): ResolvedTieredOptions {
  checkKnown(options, known, 'TieredCache');
  const { memory = {}, tiers = [], ttl = Infinity, tierTimeout = 1000, lock = true } = options;
  const { breaker = {}, clock = systemClock, onEvent } = options;
  checkClock(clock);
  checkFunction('onEvent', onEvent);
  checkKnown(breaker, ['failures', 'cooldown'], 'breaker');
  if (memory !== false && (typeof memory !== 'object' || memory === null)) {
    throw new CacheError('ERR_CACHE_OPTION', `Expected \`memory\` to be an object or false, got ${shown(memory)}`);
  }
  // What they are the cache in memory checks.
  if (memory !== false) checkKnown(memory, memoryOptionNames, 'memory');
  if (!Array.isArray(tiers)) {
    throw new CacheError('ERR_CACHE_OPTION', `Expected \`tiers\` to be an array, got ${shown(tiers)}`);
  }
  const names = new Set(['memory']);
  for (const [index, tier] of (tiers as readonly Tier[]).entries()) {
    checkMethods(`tiers[${index}]`, tier, ['get', 'set', 'delete', 'clear', 'close']);
    checkText(`tiers[${index}].name`, tier.name);
    if (names.has(tier.name)) {
      throw new CacheError(
        'ERR_CACHE_OPTION',
        `Expected every tier to have a name of its own, got ${JSON.stringify(tier.name)} twice`,
      );
    }
    names.add(tier.name);
  }
  return {
    memory,
    tiers,
    ttl: checkDuration('ttl', ttl),
    tierTimeout: checkDuration('tierTimeout', tierTimeout),
    breaker: {
      failures: checkInteger('breaker.failures', breaker.failures ?? 5, 1),
      cooldown: checkDuration('breaker.cooldown', breaker.cooldown ?? 1000),
    },
    lock: checkFlag('lock', lock),
    clock,
    onEvent,
  };
}
