import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';

import { TtlLruCache } from '../src/index.ts';
import { BurstClock } from '../src/memory/burst-clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A clock of whole milliseconds that counts how often it is read. */
function counted() {
  const time = { ms: 1000, reads: 0 };
  const clock = new BurstClock(() => {
    time.reads++;
    return time.ms;
  });
  const writes = (count: number): number[] => Array.from({ length: count }, () => clock.now());
  return { time, clock, writes };
}

test('few writes read the clock each', () => {
  const { time, writes } = counted();
  writes(16);
  expect(time.reads).toBe(16);
});

test('in a burst every sixteenth write reads the clock', () => {
  const { time, writes } = counted();
  writes(17);
  time.reads = 0;
  expect(new Set(writes(160))).toEqual(new Set([1000]));
  expect(time.reads).toBe(10);
});

test('a burst ends with its millisecond, fifteen writes later at most', () => {
  const { time, writes } = counted();
  writes(17);
  time.ms = 5000;
  expect(writes(18)).toEqual([...Array<number>(15).fill(1000), 5000, 5000, 5000]);
  time.ms = 9000;
  expect(writes(2)).toEqual([9000, 9000]);
});

test('a burst ends with its microtask', async () => {
  const { time, writes } = counted();
  writes(20);
  time.ms = 5000;
  await Promise.resolve();
  expect(writes(1)).toEqual([5000]);
});

test('a burst ends when it is told to', () => {
  const { time, clock, writes } = counted();
  writes(20);
  time.ms = 5000;
  clock.end();
  expect(writes(1)).toEqual([5000]);
});

test('what was written in one turn expires to the millisecond, since the timer of the cache ends a burst too', () => {
  vi.useFakeTimers();
  const cache = new TtlLruCache<number, string>({ ttl: 60_000 });
  for (let key = 0; key < 100; key++) cache.set(key, 'early');
  vi.advanceTimersByTime(10_000);
  cache.set(100, 'late');
  vi.advanceTimersByTime(50_000);
  expect(cache.get(99)).toBeUndefined();
  vi.advanceTimersByTime(9999);
  expect(cache.get(100)).toBe('late');
  vi.advanceTimersByTime(1);
  expect(cache.get(100)).toBeUndefined();
});

test('no entry outlives its ttl, or loses more of it than there is between two ticks, however its write came', () => {
  vi.useFakeTimers();
  const step = fc.record({ writes: fc.integer({ min: 1, max: 40 }), pause: fc.integer({ min: 0, max: 3000 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const cache = new TtlLruCache<number, number>({ ttl: 60_000 });
      const written: number[] = [];
      for (const { writes, pause } of steps) {
        for (let write = 0; write < writes; write++) cache.set(written.push(Date.now()), Date.now());
        vi.advanceTimersByTime(pause);
      }
      for (let looks = 0; looks < 70; looks++) {
        vi.advanceTimersByTime(1000);
        const ages = [...cache.values()].map((at) => Date.now() - at);
        expect(Math.max(0, ...ages)).toBeLessThan(60_000);
        expect(ages.length).toBeGreaterThanOrEqual(written.filter((at) => Date.now() - at <= 59_000).length);
      }
      expect(cache.size).toBe(0);
      cache.dispose();
    }),
    { numRuns: 100 },
  );
});
