import { expect, test } from 'vitest';

import { TtlLruCache } from '../src/index.ts';

test('invalidateTag removes every entry with the tag and no other', () => {
  const cache = new TtlLruCache<string, number>();
  cache
    .set('a', 1, { tags: ['x', 'y'] })
    .set('b', 2, { tags: ['y', 'y'] })
    .set('c', 3, { tags: [] })
    .set('d', 4);
  expect(cache.invalidateTag('nothing')).toBe(0);
  expect(cache.invalidateTag('x')).toBe(1);
  expect([...cache.keys()]).toEqual(['b', 'c', 'd']);
  expect(cache.invalidateTag('y')).toBe(1);
  expect(cache.size).toBe(2);
});

test('an overwrite takes the tags away, and so does every way of leaving', () => {
  const cache = new TtlLruCache<string, number>({ maxSize: 2 });
  cache.set('a', 1, { tags: ['x'] }).set('a', 2);
  expect(cache.invalidateTag('x')).toBe(0);
  cache.set('b', 1, { tags: ['x'] });
  cache.delete('b');
  cache
    .set('c', 1, { tags: ['x'] })
    .set('d', 1)
    .set('e', 1);
  expect(cache.invalidateTag('x')).toBe(0);
  cache.set('f', 1, { tags: ['x'] });
  cache.clear();
  expect(cache.invalidateTag('x')).toBe(0);
});
