import { expect, test } from 'vitest';

import { type RemoveReason, TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

test('expired entries leave memory at the next sweep, with nobody asking for them', () => {
  const clock = new ManualClock();
  const removed: [string, number, RemoveReason][] = [];
  const onRemove = (key: string, value: number, reason: RemoveReason): void => void removed.push([key, value, reason]);
  const cache = new TtlLruCache<string, number>({ clock, sweepInterval: 5000, onRemove });
  cache.set('a', 1, { ttl: 1000 }).set('b', 2, { ttl: 60_000 });
  clock.advance(4000);
  expect(cache.size).toBe(2);
  clock.advance(2000);
  expect(cache.size).toBe(1);
  expect(removed).toEqual([['a', 1, 'expire']]);
});

test('the timer runs only while something can expire', () => {
  const clock = new ManualClock();
  const cache = new TtlLruCache<string, number>({ clock });
  expect(clock.pending).toBe(0);
  cache.set('ever', 1, { ttl: Infinity });
  expect(clock.pending).toBe(0);
  cache.set('a', 1);
  expect(clock.pending).toBe(1);
  cache.set('b', 2);
  expect(clock.pending).toBe(1);
  cache.delete('a');
  expect(clock.pending).toBe(1);
  cache.set('b', 2, { ttl: Infinity });
  expect(clock.pending).toBe(0);
  cache.set('a', 1);
  cache.clear();
  expect(clock.pending).toBe(0);
  cache.set('a', 1, { ttl: 500 });
  clock.advance(70_000);
  expect(cache.size).toBe(0);
  expect(clock.pending).toBe(0);
  cache.set('a', 1);
  cache.dispose();
  expect(clock.pending).toBe(0);
});

test('a sweep of many entries takes breaks, and what happens in them is safe', () => {
  const clock = new ManualClock();
  const cache = new TtlLruCache<number, number>({ clock, maxSize: 100_000, sweepInterval: 1000 });
  for (let key = 0; key < 100_000; key++) cache.set(key, key, { ttl: key % 2 === 0 ? 500 : 3_600_000 });
  clock.advance(1000);
  const before = cache.size;
  expect(before).toBeLessThan(100_000);
  expect(before).toBeGreaterThan(90_000);
  // Everything that moves entries about, while the sweep stands in the middle of them.
  for (let key = 1; key < 50_000; key += 2) cache.get(key);
  for (let key = 1; key < 20_000; key += 2) cache.delete(key);
  for (let key = 100_000; key < 120_000; key++) cache.set(key, key);
  expect(cache.size).toBeLessThanOrEqual(100_000);
  clock.advance(5000);
  const live = [...cache.keys()];
  expect(cache.size).toBe(live.length);
  expect(live.filter((key) => key < 100_000 && key % 2 === 0)).toEqual([]);
  expect(live.length).toBe(40_000 + 20_000);
});

test('a sweep that is interrupted by clear starts over later', () => {
  const clock = new ManualClock();
  const cache = new TtlLruCache<number, number>({ clock, maxSize: 50_000, sweepInterval: 1000 });
  const fill = (): void => {
    for (let key = 0; key < 50_000; key++) cache.set(key, key, { ttl: 500 });
  };
  fill();
  clock.advance(1000);
  cache.clear();
  fill();
  clock.advance(3000);
  expect(cache.size).toBe(0);
  expect(clock.pending).toBe(0);
  fill();
  clock.advance(1000);
  for (let key = 0; key < 50_000; key++) cache.delete(key);
  fill();
  clock.advance(3000);
  expect(cache.size).toBe(0);
});

test('an eviction in the middle of a sweep takes the oldest entry, not the place where the sweep stands', () => {
  const clock = new ManualClock();
  const cache = new TtlLruCache<number, number>({ clock, maxSize: 10_000, sweepInterval: 1000, ttl: 3_600_000 });
  for (let key = 0; key < 10_000; key++) cache.set(key, key);
  clock.advance(1000);
  for (let key = 10_000; key < 20_000; key++) {
    cache.set(key, key);
    expect(cache.size).toBe(10_000);
  }
  clock.advance(10_000);
  expect([...cache.keys()][0]).toBe(10_000);
  expect(cache.size).toBe(10_000);
});
