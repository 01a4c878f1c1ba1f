import {
  checkCallable,
  checkClock,
  checkDuration,
  checkFraction,
  checkFunction,
  checkInteger,
  checkKnown,
  checkMethods,
  checkSpan,
  checkTags,
} from '../check-option.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CacheError } from '../errors.ts';
import { ignore, isPromise } from '../maybe-promise.ts';

/** Why an entry left: pushed out, out of time, overwritten, deleted (also by tag), or cleared. */
export type RemoveReason = 'evict' | 'expire' | 'set' | 'delete' | 'clear';

/** Options of {@link TtlLruCache}. */
export interface TtlLruCacheOptions<K = unknown, V = unknown> {
  /**
   * How many entries are held at most; the bound is exact.
   * @defaultValue 1000
   */
  readonly maxSize?: number | undefined;
  /**
   * How long an entry lives, in ms; `Infinity` for ever. A read does not prolong it.
   * @defaultValue 1_800_000 (30 minutes)
   */
  readonly ttl?: number | undefined;
  /**
   * The largest part of `ttl` that is taken off at random, 0 to 1, so that what was written together does not expire together.
   * @defaultValue 0
   */
  readonly ttlJitter?: number | undefined;
  /**
   * How long after its expiry `getOrCompute` may hand out a value while it computes it anew, in ms. Costs a record in a side table per entry.
   * @defaultValue 0
   */
  readonly staleWhileRevalidate?: number | undefined;
  /**
   * How long after its expiry `getOrCompute` may hand out a value when computing it anew fails, in ms. Costs a record in a side table per entry.
   * @defaultValue 0
   */
  readonly staleIfError?: number | undefined;
  /**
   * How often expired entries are looked for, in ms; `Infinity` leaves them until they are met or pushed out.
   * @defaultValue 60_000
   */
  readonly sweepInterval?: number | undefined;
  /** Called after an entry has left. Not called when a key is set to the value it already has. What it throws, or rejects with, goes to `onError`. */
  readonly onRemove?: ((key: K, value: V, reason: RemoveReason) => void) | undefined;
  /**
   * Told what `onRemove` threw or rejected with, why a refresh in the background failed, and what `ttl`, `tags` or `shouldCache` of a
   * computation threw: the value is handed out then, and not kept. Without it all pass in silence.
   */
  readonly onError?: ((error: unknown, key: K) => void) | undefined;
  /**
   * Where time comes from.
   * @defaultValue systemClock
   */
  readonly clock?: Clock | undefined;
  /**
   * Where `ttlJitter` takes its numbers from, 0 included, 1 not.
   * @defaultValue Math.random
   */
  readonly random?: (() => number) | undefined;
}

/** Options of `set`. */
export interface SetOptions {
  /** How long this entry lives, in ms; `Infinity` for ever. */
  readonly ttl?: number | undefined;
  /** What `invalidateTag` finds this entry by. Costs a record in a side table. */
  readonly tags?: readonly string[] | undefined;
  /** As in the options of the cache, for this entry. */
  readonly staleWhileRevalidate?: number | undefined;
  /** As in the options of the cache, for this entry. */
  readonly staleIfError?: number | undefined;
}

/** What `set` reads. */
export const setOptionNames = ['ttl', 'tags', 'staleWhileRevalidate', 'staleIfError'] as const;

/** Options of `getOrCompute`. */
export interface ComputeOptions<V> {
  /** Ends the waiting of this caller. The computation itself is aborted when its last caller has left. */
  readonly signal?: AbortSignal | undefined;
  /** How long the entry lives, in ms, or a function of the value that says so. */
  readonly ttl?: number | ((value: V) => number) | undefined;
  /** What `invalidateTag` finds the entry by, or a function of the value that says so. */
  readonly tags?: readonly string[] | ((value: V) => readonly string[]) | undefined;
  /** Says whether a computed value is kept. Every caller gets it all the same. */
  readonly shouldCache?: ((value: V) => boolean) | undefined;
  /** As in the options of the cache, for this entry. */
  readonly staleWhileRevalidate?: number | undefined;
  /** As in the options of the cache, for this entry. */
  readonly staleIfError?: number | undefined;
}

/** What a computation is told. */
export interface ComputeContext<K> {
  /** The key that is computed. */
  readonly key: K;
  /** Aborted when nobody waits for the value any more. */
  readonly signal: AbortSignal;
}

/** What `getOrCompute` reads. */
const computeOptionNames = [...setOptionNames, 'signal', 'shouldCache'] as const;

/** Refuses what `getOrCompute` cannot work with, before anything is computed. */
export function checkCompute(
  compute: unknown,
  options: ComputeOptions<never> | undefined,
  known: readonly string[] = computeOptionNames,
): void {
  checkCallable('compute', compute);
  if (options === undefined) return;
  checkKnown(options, known, 'getOrCompute');
  const { signal, shouldCache, ttl, tags, staleWhileRevalidate, staleIfError } = options;
  if (signal !== undefined) checkMethods('signal', signal, ['addEventListener', 'removeEventListener']);
  checkFunction('shouldCache', shouldCache);
  if (ttl !== undefined && typeof ttl !== 'function') checkDuration('ttl', ttl);
  if (tags !== undefined && typeof tags !== 'function') checkTags(tags);
  if (staleWhileRevalidate !== undefined) checkSpan('staleWhileRevalidate', staleWhileRevalidate);
  if (staleIfError !== undefined) checkSpan('staleIfError', staleIfError);
}

/** Whether `shouldCache` lets a value be kept. A promise is no answer: every value would be kept. */
export function isKept<V>(options: ComputeOptions<V>, value: V): boolean {
  const answer: unknown = options.shouldCache?.(value);
  if (isPromise(answer)) {
    Promise.resolve(answer).catch(ignore);
    throw new CacheError('ERR_CACHE_OPTION', 'Expected `shouldCache` to answer true or false at once, got a promise');
  }
  return answer !== false;
}

/** What a cache in memory reads. */
export const cacheOptionNames = [
  'maxSize',
  'ttl',
  'ttlJitter',
  'staleWhileRevalidate',
  'staleIfError',
  'sweepInterval',
  'onRemove',
  'onError',
  'clock',
  'random',
] as const;

/** {@link TtlLruCacheOptions}, checked and complete. */
export interface ResolvedOptions<K, V> {
  readonly maxSize: number;
  readonly ttl: number;
  readonly ttlJitter: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly sweepInterval: number;
  readonly onRemove: ((key: K, value: V, reason: RemoveReason) => void) | undefined;
  readonly onError: ((error: unknown, key: K) => void) | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Checks the options of a cache and fills in the defaults. */
export function resolveOptions<K, V>(options: TtlLruCacheOptions<K, V>): ResolvedOptions<K, V> {
  checkKnown(options, cacheOptionNames, 'TtlLruCache');
  const { maxSize = 1000, ttl = 1_800_000, ttlJitter = 0, staleWhileRevalidate = 0, staleIfError = 0 } = options;
  const { sweepInterval = 60_000, onRemove, onError, clock = systemClock, random = Math.random } = options;
  checkFunction('onRemove', onRemove);
  checkFunction('onError', onError);
  checkFunction('random', random);
  checkClock(clock);
  return {
    // A Map holds no more than 2 ** 24, and would say so much later and worse.
    maxSize: checkInteger('maxSize', maxSize, 1, 2 ** 24 - 2),
    ttl: checkDuration('ttl', ttl),
    ttlJitter: checkFraction('ttlJitter', ttlJitter),
    staleWhileRevalidate: checkSpan('staleWhileRevalidate', staleWhileRevalidate),
    staleIfError: checkSpan('staleIfError', staleIfError),
    sweepInterval: checkDuration('sweepInterval', sweepInterval),
    onRemove,
    onError,
    clock,
    random,
  };
}
