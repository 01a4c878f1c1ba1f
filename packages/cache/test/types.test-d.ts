import type { Redis } from 'ioredis';
import type { Keyv } from 'keyv';
import type { createClient, createClientPool } from 'redis';
import { expectTypeOf } from 'vitest';

import type { FileTier, fileTier } from '../src/file/index.ts';
import type {
  CacheEvent,
  CacheStats,
  digest,
  JsonValue,
  memoryTier,
  RemoveReason,
  Tier,
  TierEntry,
  TieredCache,
  TtlLruCache,
  ValueSource,
} from '../src/index.ts';
import { isCacheError } from '../src/index.ts';
import type { KeyvLike } from '../src/keyv/index.ts';
import type { RedisClient } from '../src/redis/index.ts';

declare const cache: TtlLruCache<string, { id: number }>;
declare const tiered: TieredCache<string>;

// A lookup may miss, and TypeScript says so.
expectTypeOf(cache.get('a')).toEqualTypeOf<{ id: number } | undefined>();
expectTypeOf(cache.set('a', { id: 1 })).toEqualTypeOf<TtlLruCache<string, { id: number }>>();
expectTypeOf([...cache]).toEqualTypeOf<[string, { id: number }][]>();
expectTypeOf(cache.stats()).toEqualTypeOf<CacheStats>();
expectTypeOf(cache.getOrCompute('a', () => ({ id: 1 }))).toEqualTypeOf<{ id: number } | Promise<{ id: number }>>();
expectTypeOf<Parameters<Parameters<typeof cache.getOrCompute>[1]>[0]['signal']>().toEqualTypeOf<AbortSignal>();
expectTypeOf<RemoveReason>().toEqualTypeOf<'evict' | 'expire' | 'set' | 'delete' | 'clear'>();

// @ts-expect-error -- a key of another type
cache.get(1);
// @ts-expect-error -- a value of another type
cache.set('a', { id: '1' });
// @ts-expect-error -- an option that nobody reads
cache.set('a', { id: 1 }, { maxAge: 5 });
// @ts-expect-error -- a computation of something else
void cache.getOrCompute('a', () => 'text');

// Options may be handed on as they are, undefined included.
declare const life: number | undefined;
cache.set('a', { id: 1 }, { ttl: life });

expectTypeOf(tiered.get('a')).toEqualTypeOf<string | undefined | Promise<string | undefined>>();
expectTypeOf<Awaited<ReturnType<typeof tiered.getEntry>>>().toExtend<
  (TierEntry<string> & { tier: string }) | undefined
>();
expectTypeOf<ValueSource>().toEqualTypeOf<{ readonly tier: string } | 'computed' | 'shared'>();
expectTypeOf<CacheEvent['type']>().toEqualTypeOf<
  'tier-error' | 'tier-open' | 'tier-close' | 'entry-corrupt' | 'tier-invalidated' | 'refresh-error' | 'keep-error'
>();

expectTypeOf<typeof digest>().toEqualTypeOf<(...parts: JsonValue[]) => string>();
expectTypeOf<ReturnType<typeof fileTier<number>>>().toEqualTypeOf<FileTier<number>>();
expectTypeOf<ReturnType<typeof memoryTier<number>>>().toEqualTypeOf<Tier<number>>();

// The clients of the libraries are what the tiers take.
expectTypeOf<Redis>().toExtend<RedisClient>();
expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>();
expectTypeOf<ReturnType<typeof createClientPool>>().not.toExtend<RedisClient>();
expectTypeOf<Keyv>().toExtend<KeyvLike>();

const caught: unknown = null;
if (isCacheError(caught)) expectTypeOf(caught.code).toExtend<`ERR_CACHE_${string}`>();
