import { expect, test } from 'vitest';

import { CacheError, type RemoveReason, TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

function make(maxSize = 10) {
  const clock = new ManualClock();
  const log: string[] = [];
  const onRemove = (key: string, value: number, reason: RemoveReason): void =>
    void log.push(`${reason} ${key}=${value}`);
  return { clock, log, cache: new TtlLruCache<string, number>({ maxSize, clock, ttl: 1000, onRemove }) };
}

test('evict', () => {
  const { cache, log } = make(1);
  cache.set('a', 1).set('b', 2);
  expect(log).toEqual(['evict a=1']);
});

test('set, with the old value, unless it is the same', () => {
  const { cache, log } = make();
  cache.set('a', 1).set('a', 1).set('a', 2);
  expect(log).toEqual(['set a=1']);
});

test('expire: on a read, a sweep, and an overwrite of what had expired', () => {
  const { cache, clock, log } = make();
  cache.set('a', 1);
  clock.advance(1000);
  cache.get('a');
  expect(log).toEqual(['expire a=1']);
  cache.set('b', 2);
  clock.advance(1000);
  cache.set('b', 3);
  expect(log).toEqual(['expire a=1', 'expire b=2']);
  cache.set('c', 4);
  clock.advance(120_000);
  expect(log.slice(2).toSorted()).toEqual(['expire b=3', 'expire c=4']);
});

test('delete, also by tag', () => {
  const { cache, log } = make();
  cache.set('a', 1).set('b', 2, { tags: ['t'] });
  cache.delete('a');
  cache.delete('nothing');
  cache.invalidateTag('t');
  expect(log).toEqual(['delete a=1', 'delete b=2']);
});

test('clear, also by dispose', () => {
  const { cache, log } = make();
  cache.set('a', 1).set('b', 2);
  cache.clear();
  cache.set('c', 3);
  cache.dispose();
  expect(log).toEqual(['clear a=1', 'clear b=2', 'clear c=3']);
});

test('an onRemove that throws breaks nothing and is reported', () => {
  const errors: unknown[] = [];
  const clock = new ManualClock();
  const cache = new TtlLruCache<number, number>({
    maxSize: 3,
    ttl: 1000,
    clock,
    onRemove: (key) => {
      throw new Error(`thrown for ${key}`);
    },
    onError: (error, key) => {
      errors.push([(error as Error).message, key]);
      throw new Error('and this one too');
    },
  });
  for (let key = 0; key < 10; key++) cache.set(key, key);
  expect(cache.size).toBe(3);
  cache.delete(9);
  clock.advance(120_000);
  expect(cache.size).toBe(0);
  cache.set(1, 1);
  cache.clear();
  expect(errors).toHaveLength(7 + 1 + 2 + 1);
  expect(errors[0]).toEqual(['thrown for 0', 0]);
});

test('an onRemove that changes the cache finds it in order', () => {
  const cache: TtlLruCache<string, number> = new TtlLruCache({
    maxSize: 2,
    onRemove: (key, value, reason) => {
      if (reason === 'evict' && !key.startsWith('again')) cache.set(`again-${key}`, value);
    },
  });
  cache.set('a', 1).set('b', 2).set('c', 3);
  expect(cache.size).toBe(2);
  expect([...cache.keys()]).toEqual(['again-b', 'again-c']);
});

test('after dispose lookups miss and set throws', () => {
  using cache = new TtlLruCache<string, number>();
  cache.set('a', 1);
  cache.dispose();
  cache.dispose();
  expect(cache.get('a')).toBeUndefined();
  expect(() => cache.set('a', 1)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_CLOSED' }) as CacheError);
  expect(() => cache.getOrCompute('a', () => 1)).toThrow(CacheError);
});
