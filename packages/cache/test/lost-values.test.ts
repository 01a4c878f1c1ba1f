import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { type CacheEvent, memoryTier, TieredCache, TtlLruCache } from '../src/index.ts';

const failure = new Error('of an option');
const throws = (): never => {
  throw failure;
};
const mistakes: [string, object][] = [
  ['a ttl that throws', { ttl: throws }],
  ['a ttl of 0', { ttl: () => 0 }],
  ['a ttl that is a promise', { ttl: async () => 5 }],
  ['tags that throw', { tags: throws }],
  ['tags that are none', { tags: () => 'tag' }],
  ['a shouldCache that throws', { shouldCache: throws }],
  ['a shouldCache that answers with a promise', { shouldCache: async () => true }],
  ['a shouldCache that rejects', { shouldCache: async () => throws() }],
];

describe.each(mistakes)('with %s', (_what, options) => {
  test('in memory, the value is handed out, not kept, and the mistake reported', async () => {
    const reported: unknown[] = [];
    const cache = new TtlLruCache<string, number>({ onError: (error) => reported.push(error) });
    expect(cache.getOrCompute('a', () => 1, options)).toBe(1);
    expect(await cache.getOrCompute('a', async () => 2, options)).toBe(2);
    expect(reported).toHaveLength(2);
    expect(cache.has('a')).toBe(false);
  });

  test('in tiers, the value is handed out, not kept, and the mistake an event', async () => {
    const events: CacheEvent[] = [];
    const tier = memoryTier<number>();
    const cache = new TieredCache<number>({ tiers: [tier], onEvent: (event) => events.push(event) });
    expect(cache.getOrCompute('a', () => 1, options)).toBe(1);
    expect(await cache.getOrCompute('a', async () => 2, options)).toBe(2);
    await cache.flush();
    expect(events).toMatchObject([
      { type: 'keep-error', key: 'a' },
      { type: 'keep-error', key: 'a' },
    ]);
    expect(await tier.get('a')).toBeUndefined();
    await cache.close();
  });
});

test('a meta that throws takes nothing away either', async () => {
  const events: CacheEvent[] = [];
  const cache = new TieredCache<number>({ tiers: [memoryTier()], onEvent: (event) => events.push(event) });
  expect(await cache.getOrCompute('a', async () => 1, { meta: throws })).toBe(1);
  expect(events).toEqual([{ type: 'keep-error', key: 'a', error: failure }]);
  await cache.close();
});

test.each(['ttl', 'staleWhileRevalidate', 'staleIfError'])('a `%s` of null is refused, not passed over', (name) => {
  const cache = new TtlLruCache<string, number>();
  expect(() => cache.set('a', 1, { [name]: null })).toThrow(expect.objectContaining({ code: 'ERR_CACHE_OPTION' }));
});

test('inspect shows what a cache is, and none of its entries', () => {
  const cache = new TtlLruCache<string, string>({ maxSize: 5 });
  cache.set('a', 'secret').get('a');
  expect(inspect(cache)).toBe('TtlLruCache { size: 1, maxSize: 5, hits: 1, misses: 0 }');
});

test('however many computations one signal is given to, it carries one listener, and none when they are done', async () => {
  const cache = new TtlLruCache<string, number>();
  const tiered = new TieredCache<number>({ tiers: [memoryTier()] });
  const { signal } = new AbortController();
  const counts = { added: 0, removed: 0 };
  const { addEventListener, removeEventListener } = signal as unknown as Record<string, (...all: unknown[]) => unknown>;
  Object.assign(signal, {
    addEventListener: (...all: unknown[]) => {
      counts.added++;
      return addEventListener?.apply(signal, all);
    },
    removeEventListener: (...all: unknown[]) => {
      counts.removed++;
      return removeEventListener?.apply(signal, all);
    },
  });
  const all = Array.from({ length: 20 }, async (_, index) => [
    await cache.getOrCompute(`a${index}`, async () => index, { signal }),
    await tiered.getOrCompute(`b${index}`, async () => index, { signal }),
  ]);
  await Promise.all(all);
  expect(counts.added).toBeLessThanOrEqual(2);
  expect(counts.removed).toBe(counts.added);
});
