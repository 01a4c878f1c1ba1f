import { expect, test } from 'vitest';

import { TtlLruCache } from '../src/index.ts';

test('pushes out the least recently used entry, and holds exactly maxSize', () => {
  const cache = new TtlLruCache<number, number>({ maxSize: 1000 });
  for (let key = 0; key < 1000; key++) cache.set(key, key);
  cache.get(0);
  for (let key = 1000; key < 1999; key++) cache.set(key, key);
  expect(cache.size).toBe(1000);
  expect([...cache.keys()].length).toBe(1000);
  expect(cache.has(0)).toBe(true);
  expect(cache.has(1)).toBe(false);
  expect(cache.stats()).toMatchObject({ evictions: 999, sets: 1999 });
});

test('an overwrite makes a key recently used and evicts nothing', () => {
  const cache = new TtlLruCache<string, number>({ maxSize: 2 });
  cache.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  expect([...cache]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});

test('keeps all of a loop that just fits, for ever', () => {
  const cache = new TtlLruCache<number, number>({ maxSize: 100 });
  for (let round = 0; round < 5; round++) {
    for (let key = 0; key < 100; key++) if (cache.get(key) === undefined) cache.set(key, key);
  }
  expect(cache.stats()).toMatchObject({ hits: 400, misses: 100, evictions: 0, hitRatio: 0.8 });
});

test('works with room for one', () => {
  const cache = new TtlLruCache<string, number>({ maxSize: 1 });
  cache.set('a', 1).set('b', 2);
  expect([...cache]).toEqual([['b', 2]]);
});

test('resetStats leaves the entries', () => {
  const cache = new TtlLruCache<string, number>();
  cache.set('a', 1);
  cache.get('a');
  cache.resetStats();
  expect(cache.stats()).toEqual({ hits: 0, misses: 0, sets: 0, evictions: 0, expirations: 0, size: 1, hitRatio: 0 });
});
