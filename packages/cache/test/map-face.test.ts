import pMemoize from 'p-memoize';
import { expect, test } from 'vitest';

import { TtlLruCache } from '../src/index.ts';

test('set, get, has and delete work as those of a Map do', () => {
  const cache = new TtlLruCache<string, number>();
  expect(cache.set('a', 1)).toBe(cache);
  expect(cache.get('a')).toBe(1);
  expect(cache.has('a')).toBe(true);
  expect(cache.delete('a')).toBe(true);
  expect(cache.delete('a')).toBe(false);
  expect(cache.get('a')).toBeUndefined();
  expect(cache.has('a')).toBe(false);
});

test('undefined, null and NaN are values, and any kind of key will do', () => {
  const key = {};
  const cache = new TtlLruCache();
  cache.set(key, undefined).set(Number.NaN, null).set(undefined, Number.NaN);
  expect(cache.has(key)).toBe(true);
  expect(cache.get(key)).toBeUndefined();
  expect(cache.get(Number.NaN)).toBeNull();
  expect(cache.get(undefined)).toBeNaN();
});

test('goes through its entries from the least to the most recently used', () => {
  const cache = new TtlLruCache<string, number>({ maxSize: 3 });
  cache.set('a', 1).set('b', 2).set('c', 3);
  cache.get('a');
  expect([...cache.keys()]).toEqual(['b', 'c', 'a']);
  expect([...cache.values()]).toEqual([2, 3, 1]);
  expect([...cache.entries()]).toEqual([...cache]);
  const seen: unknown[] = [];
  cache.forEach(function (this: unknown, value, key, whole) {
    seen.push(this, key, value, whole === cache);
  }, 'this');
  expect(seen).toEqual(['this', 'b', 2, true, 'this', 'c', 3, true, 'this', 'a', 1, true]);
});

test('what changes during an iteration neither repeats nor brings back anything', () => {
  const cache = new TtlLruCache<string, number>({ maxSize: 4 });
  cache.set('a', 1).set('b', 2).set('c', 3).set('d', 4);
  const seen: string[] = [];
  for (const key of cache.keys()) {
    seen.push(key);
    cache.get('a');
    cache.delete('c');
    if (key === 'b') cache.set('e', 5);
  }
  expect(seen).toEqual(['a', 'b', 'd']);
});

test('an entry that is pushed out during an iteration does not come up under its new key', () => {
  const cache = new TtlLruCache<number, number>({ maxSize: 3 });
  cache.set(1, 1).set(2, 2).set(3, 3);
  const seen: [number, number][] = [];
  for (const entry of cache) {
    seen.push(entry);
    cache.set(10 + entry[0], 0).set(20 + entry[0], 0);
  }
  expect(seen).toEqual([
    [1, 1],
    [3, 3],
  ]);
});

test('peek and has neither count nor make a key recently used', () => {
  const cache = new TtlLruCache<string, number>({ maxSize: 2 });
  cache.set('a', 1).set('b', 2);
  expect(cache.peek('a')).toBe(1);
  expect(cache.has('a')).toBe(true);
  cache.set('c', 3);
  expect(cache.has('a')).toBe(false);
  expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
});

test('is a store for p-memoize', async () => {
  let calls = 0;
  const twice = pMemoize(async (number: number) => ++calls && number * 2, { cache: new TtlLruCache<number, number>() });
  expect(await twice(2)).toBe(4);
  expect(await twice(2)).toBe(4);
  expect(calls).toBe(1);
});
