import { expect, test } from 'vitest';

import { TieredCache, TtlLruCache } from '../src/index.ts';
import { SingleFlight } from '../src/memory/single-flight.ts';
import { ManualClock } from '../src/testing/index.ts';

test('what shouldCache throws is reported, and takes the value from nobody', async () => {
  const clock = new ManualClock();
  const reported: unknown[] = [];
  const cache = new TtlLruCache<string, number>({
    ttl: 1000,
    staleWhileRevalidate: 1000,
    clock,
    onError: (error) => reported.push(error),
  });
  const failure = new Error('shouldCache');
  const shouldCache = (): boolean => {
    throw failure;
  };
  expect(cache.getOrCompute('a', () => 1, { shouldCache })).toBe(1);
  expect(await cache.getOrCompute('a', async () => 1, { shouldCache })).toBe(1);
  expect(cache.size).toBe(0);
  expect(reported.splice(0)).toEqual([failure, failure]);
  cache.set('a', 1);
  clock.advance(1500);
  expect(cache.getOrCompute('a', async () => 2, { shouldCache })).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(cache.getOrCompute('a', () => 2, { shouldCache })).toBe(1);
  expect(reported).toEqual([failure, failure]);
  cache.dispose();
});

test('a computation that disposes of its own cache gets its value, and the cache stays empty', async () => {
  const cache = new TtlLruCache<string, number>();
  const dispose = (): number => {
    cache.dispose();
    return 1;
  };
  expect(cache.getOrCompute('a', dispose)).toBe(1);
  expect(cache.size).toBe(0);
});

test('a long computation does not hold on to what it asked for on the way', async () => {
  const flights = new SingleFlight<string, number>();
  const none = (): void => undefined;
  const failed = (error: unknown): never => {
    throw error;
  };
  let waiting = -1;
  await flights.start(
    'outer',
    async () => {
      const outer = flights.find('outer');
      for (let index = 0; index < 10; index++)
        await flights.start(`inner ${index}`, async () => index, none, failed, undefined);
      waiting = outer?.waitsFor.size ?? -1;
      return 1;
    },
    none,
    failed,
    undefined,
  );
  expect(waiting).toBe(0);
});

test('a TieredCache refuses options that nobody reads', async () => {
  const cache = new TieredCache<number>();
  const wrong = { tttl: 5 } as object;
  expect(() => cache.set('a', 1, wrong)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_OPTION' }));
  expect(() => cache.getOrCompute('a', () => 1, wrong)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_OPTION' }));
  expect(() => new TieredCache({ tiers: 1 as never })).toThrow(expect.objectContaining({ code: 'ERR_CACHE_OPTION' }));
  expect(() => new TieredCache({ lock: 'no' as never })).toThrow(expect.objectContaining({ code: 'ERR_CACHE_OPTION' }));
  await cache.close();
});
