/**
 * A TTL-LRU cache with an exact bound and single flight, and a cache of several tiers on top of it.
 *
 * @packageDocumentation
 */
export { type Clock, systemClock } from './clock.ts';
export { canonicalize, digest, type DigestPart } from './digest.ts';
export { CacheError, type CacheErrorCode, isCacheError } from './errors.ts';
export type { JsonObject, JsonValue } from './json.ts';
export type { ComputeContext, ComputeOptions, RemoveReason, SetOptions, TtlLruCacheOptions } from './memory/options.ts';
export type { CacheStats } from './memory/stats.ts';
export { TtlLruCache } from './memory/ttl-lru-cache.ts';
export { compressed, type CompressedOptions, type Serializer, v8Serializer } from './serializer.ts';
export type { BreakerOptions } from './tiers/breaker.ts';
export type {
  CacheEvent,
  EntryCorruptEvent,
  KeepErrorEvent,
  RefreshErrorEvent,
  TierAccess,
  TierCloseEvent,
  TierErrorEvent,
  TierInvalidatedEvent,
  TierOpenEvent,
  TierOperation,
} from './tiers/events.ts';
export { memoryTier } from './tiers/memory-tier.ts';
export type { Tier, TierCallOptions, TierEntry, TierInvalidation, TierListener, TierLock } from './tiers/tier.ts';
export { TieredCache } from './tiers/tiered-cache.ts';
export type { CacheEntry, PrefetchResult, TieredStats, TierStats } from './tiers/tiered-results.ts';
export type {
  TieredCacheOptions,
  TieredComputeOptions,
  TieredSetOptions,
  ValueSource,
} from './tiers/tiered-options.ts';
