import { describe, expect, test, vi } from 'vitest';

import { fileTier } from '../src/file/index.ts';
import { CacheError, isCacheError, memoryTier, systemClock, TieredCache, TtlLruCache } from '../src/index.ts';
import { keyvTier } from '../src/keyv/index.ts';
import { redisTier } from '../src/redis/index.ts';

function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return isCacheError(error) ? error.code : error;
  }
  return 'nothing was thrown';
}

describe('TtlLruCache refuses', () => {
  test.each([
    { maxSize: Number.NaN },
    { maxSize: 0 },
    { maxSize: -1 },
    { maxSize: 1.5 },
    { maxSize: Infinity },
    { maxSize: 2 ** 24 },
    { maxSize: '10' },
    { maxSize: null },
    { ttl: Number.NaN },
    { ttl: 0 },
    { ttl: -5 },
    { ttl: '1m' },
    { ttlJitter: 1.1 },
    { ttlJitter: Number.NaN },
    { staleIfError: -1 },
    { staleWhileRevalidate: Number.NaN },
    { sweepInterval: 0 },
    { onRemove: 'log' },
    { onError: 1 },
    { random: 4 },
    { clock: {} },
    { clock: null },
    { maxsize: 10 },
    { max: 10 },
  ])('%o', (options) => {
    expect(codeOf(() => new TtlLruCache(options as object))).toBe('ERR_CACHE_OPTION');
  });

  test('options that are no object', () => {
    expect(codeOf(() => new TtlLruCache(null as unknown as object))).toBe('ERR_CACHE_OPTION');
    expect(codeOf(() => new TtlLruCache(5 as unknown as object))).toBe('ERR_CACHE_OPTION');
  });

  test('bad options of a call', () => {
    const cache = new TtlLruCache<string, number>();
    for (const options of [
      { ttl: 0 },
      { ttl: Number.NaN },
      { tags: 'a' },
      { tags: [1] },
      { tag: 'a' },
      0,
      Number.NaN,
    ]) {
      expect(codeOf(() => cache.set('a', 1, options as object))).toBe('ERR_CACHE_OPTION');
    }
    expect(codeOf(() => cache.getOrCompute('a', () => 1, { maxAge: 1 } as object))).toBe('ERR_CACHE_OPTION');
    expect(cache.size).toBe(0);
  });
});

test('says what was expected and what came', () => {
  expect(() => new TtlLruCache({ maxSize: 0 })).toThrow('Expected `maxSize` to be an integer >= 1, got `0` (number)');
  expect(() => new TtlLruCache({ maxsize: 0 } as object)).toThrow('got `maxsize`');
});

test('undefined stands for the default', () => {
  expect(new TtlLruCache({ maxSize: undefined, ttl: undefined, clock: undefined }).maxSize).toBe(1000);
});

describe('TieredCache refuses', () => {
  test.each([
    { ttl: 0 },
    { tierTimeout: Number.NaN },
    { breaker: { failures: 0 } },
    { breaker: { retries: 1 } },
    { memory: { maxSize: 0 } },
    { memory: null },
    { memory: true },
    { memory: { clock: systemClock } },
    { memory: { onRemove: () => undefined } },
    { tiers: 'file' },
    { tiers: [null] },
    { tiers: [{ name: 'x' }] },
    { tiers: [{ ...memoryTier(), name: '' }] },
    { onEvent: 1 },
    { tier: [] },
    { tiers: [memoryTier({ name: 'x' }), memoryTier({ name: 'x' })] },
    { tiers: [memoryTier({ name: 'memory' })] },
  ])('%o', (options) => {
    expect(codeOf(() => new TieredCache(options as object))).toBe('ERR_CACHE_OPTION');
  });
});

describe('getOrCompute refuses, before anything is computed,', () => {
  const wrong = [
    { ttl: 0 },
    { tags: 'a' },
    { tags: [1] },
    { signal: {} },
    { shouldCache: true },
    { staleWhileRevalidate: -1 },
    { staleIfError: NaN },
  ];
  test.each([...wrong, { meta: {} }])('in memory, %o', (options) => {
    const compute = vi.fn();
    expect(codeOf(() => new TtlLruCache().getOrCompute('a', compute, options as never))).toBe('ERR_CACHE_OPTION');
    expect(compute).not.toHaveBeenCalled();
  });

  test.each([...wrong, { onSource: 1 }])('in tiers, %o', (options) => {
    const compute = vi.fn();
    expect(codeOf(() => new TieredCache().getOrCompute('a', compute, options as never))).toBe('ERR_CACHE_OPTION');
    expect(compute).not.toHaveBeenCalled();
  });

  test.each([new TtlLruCache(), new TieredCache()])('what is no function', (cache) => {
    expect(() => cache.getOrCompute('a', undefined as never)).toThrow(
      'Expected `compute` to be a function, got `undefined` (undefined)',
    );
    expect(cache.getOrCompute('a', () => 1)).toBe(1);
  });
});

test('a TieredCache refuses keys and tags that are no strings, and blames no tier for them', async () => {
  const events: unknown[] = [];
  const cache = new TieredCache({ tiers: [memoryTier()], onEvent: (event) => events.push(event) });
  for (const key of [1, undefined, null, {}, Symbol('s')] as never[]) {
    for (const call of [
      () => cache.get(key),
      () => cache.getEntry(key),
      () => cache.set(key, 1),
      () => cache.delete(key),
      () => cache.getOrCompute(key, () => 1),
      () => cache.invalidateTag(key),
    ]) {
      expect(codeOf(call)).toBe('ERR_CACHE_OPTION');
    }
    await expect(cache.prefetch([key])).rejects.toMatchObject({ code: 'ERR_CACHE_OPTION' });
  }
  expect(events).toEqual([]);
});

test('tiers refuse what is not what they are made of, and the cache tags that are none', () => {
  expect(codeOf(() => keyvTier(undefined as never))).toBe('ERR_CACHE_OPTION');
  expect(codeOf(() => redisTier({} as never))).toBe('ERR_CACHE_OPTION');
  expect(codeOf(() => fileTier({} as never))).toBe('ERR_CACHE_OPTION');
  const cache = new TieredCache({ memory: false, tiers: [memoryTier()] });
  expect(codeOf(() => cache.set('a', 1, { tags: 'b' as never }))).toBe('ERR_CACHE_OPTION');
});

test('an error is known by its brand, its name stays out of a dump', () => {
  const error = new CacheError('ERR_CACHE_OPTION', 'message', { cause: 1, key: 'k' });
  expect(isCacheError(error)).toBe(true);
  expect(isCacheError(new Error('other'))).toBe(false);
  expect(isCacheError(null)).toBe(false);
  expect([error.name, error.cause, error.key]).toEqual(['CacheError', 1, 'k']);
  expect(Object.keys(error).toSorted()).toEqual(['code', 'key']);
});
