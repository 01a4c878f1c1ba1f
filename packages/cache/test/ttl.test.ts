import { describe, expect, test } from 'vitest';

import { TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

const DAY = 86_400_000;

function make(options: ConstructorParameters<typeof TtlLruCache<string, number>>[0] = {}) {
  const clock = new ManualClock();
  return { clock, cache: new TtlLruCache<string, number>({ clock, sweepInterval: Infinity, ...options }) };
}

describe('an entry', () => {
  test.each([1, 500, 1999, 2000, 2001, 60_000, 1_800_000])(
    'with a ttl of %i ms lives to the last millisecond',
    (ttl) => {
      const { clock, cache } = make({ ttl });
      cache.set('a', 1);
      clock.advance(ttl - 1);
      expect([cache.get('a'), cache.peek('a'), cache.has('a'), [...cache.keys()]]).toEqual([1, 1, true, ['a']]);
      expect(cache.expiresIn('a')).toBe(1);
      clock.advance(1);
      expect([...cache.keys()]).toEqual([]);
      expect([cache.has('a'), cache.peek('a'), cache.get('a')]).toEqual([false, undefined, undefined]);
      expect(cache.expiresIn('a')).toBeUndefined();
    },
  );

  test('is not prolonged by a read, but by a write', () => {
    const { clock, cache } = make({ ttl: 1000 });
    cache.set('a', 1).set('b', 1);
    clock.advance(900);
    cache.get('a');
    cache.set('b', 2);
    clock.advance(100);
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 2]);
  });

  test('may have a ttl of its own, as an option or as a number', () => {
    const { clock, cache } = make({ ttl: 1000 });
    cache.set('short', 1, { ttl: 10 }).set('long', 2, 5000).set('ever', 3, { ttl: Infinity });
    clock.advance(10);
    expect(cache.get('short')).toBeUndefined();
    clock.advance(4989);
    expect(cache.get('long')).toBe(2);
    clock.advance(1);
    expect(cache.get('long')).toBeUndefined();
    clock.advance(10 * 365 * DAY);
    expect(cache.get('ever')).toBe(3);
    expect(cache.expiresIn('ever')).toBe(Infinity);
  });

  test('is held, and counted in size, until it is met or swept', () => {
    const { clock, cache } = make({ ttl: 1000 });
    cache.set('a', 1);
    clock.advance(1000);
    expect(cache.size).toBe(1);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
    expect(cache.stats()).toMatchObject({ expirations: 1, misses: 1 });
  });
});

describe('very long lives', () => {
  test('end to the millisecond too', () => {
    const { clock, cache } = make({ ttl: 100 * DAY });
    cache.set('a', 1);
    cache.set('b', 2, { ttl: 30 * DAY });
    clock.advance(30 * DAY - 1);
    expect([cache.get('a'), cache.get('b')]).toEqual([1, 2]);
    clock.advance(1);
    expect([cache.get('a'), cache.get('b')]).toEqual([1, undefined]);
    expect(cache.expiresIn('a')).toBe(70 * DAY);
    clock.advance(70 * DAY - 1);
    expect(cache.get('a')).toBe(1);
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  test('of the cache itself do not shift its times', () => {
    const { clock, cache } = make({ ttl: DAY });
    for (let day = 0; day < 60; day++) {
      cache.set('a', day);
      clock.advance(DAY - 1);
      expect(cache.get('a')).toBe(day);
      clock.advance(1);
      expect(cache.get('a')).toBeUndefined();
    }
  });
});

test('jitter takes off at most its part of the ttl', () => {
  let next = 0;
  const { clock, cache } = make({ ttl: 1000, ttlJitter: 0.5, random: () => next });
  cache.set('whole', 1);
  next = 0.999;
  cache.set('half', 2);
  clock.advance(500);
  expect([cache.peek('whole'), cache.peek('half')]).toEqual([1, 2]);
  clock.advance(1);
  expect([cache.peek('whole'), cache.peek('half')]).toEqual([1, undefined]);
});

test('a clock that is set back prolongs lives and breaks nothing', () => {
  let now = 1_000_000;
  const clock = { now: () => now, setTimeout: () => undefined, clearTimeout: () => undefined };
  const cache = new TtlLruCache<string, number>({ ttl: 1000, clock });
  cache.set('a', 1);
  now -= 500_000;
  cache.set('b', 2);
  expect([cache.get('a'), cache.get('b')]).toEqual([1, 2]);
  now += 502_000;
  expect(cache.peek('a')).toBeUndefined();
});
