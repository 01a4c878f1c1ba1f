import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';

import { systemClock, TtlLruCache } from '../src/index.ts';
import { BurstClock } from '../src/memory/burst-clock.ts';
import { ManualClock } from '../src/testing/index.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Puts the real clock into a test's hands and leaves `Date` alone: with another `Date` there are no bursts. */
function handsOnSystemClock(): ManualClock {
  const hands = new ManualClock(1_700_000_000_000);
  vi.spyOn(systemClock, 'now').mockImplementation(() => hands.now());
  vi.spyOn(systemClock, 'setTimeout').mockImplementation((callback, wait) => hands.setTimeout(callback, wait));
  vi.spyOn(systemClock, 'clearTimeout').mockImplementation((handle) => hands.clearTimeout(handle));
  return hands;
}

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

test('where `Date` is not the real one each write reads the clock, and none takes the time of before', () => {
  const { time, writes } = counted();
  writes(20);
  vi.useFakeTimers();
  time.ms = 5000;
  time.reads = 0;
  expect(new Set(writes(40))).toEqual(new Set([5000]));
  expect(time.reads).toBe(40);
  vi.useRealTimers();
  time.ms = 2000;
  expect(writes(1)).toEqual([2000]);
});

test('with fake timers an entry lives for its ttl to the millisecond, whatever was written before', () => {
  vi.useFakeTimers();
  const cache = new TtlLruCache<number, string>({ ttl: 60_000 });
  for (let key = 0; key < 100; key++) cache.set(key, 'early');
  vi.setSystemTime(Date.now() + 30_500);
  cache.set(100, 'late');
  expect(cache.expiresIn(100)).toBe(60_000);
  vi.advanceTimersByTime(59_999);
  expect(cache.get(99)).toBeUndefined();
  expect(cache.get(100)).toBe('late');
  vi.advanceTimersByTime(1);
  expect(cache.get(100)).toBeUndefined();
});

test('what was written in one turn expires to the millisecond, since the timer of the cache ends a burst too', () => {
  const hands = handsOnSystemClock();
  const cache = new TtlLruCache<number, string>({ ttl: 60_000 });
  for (let key = 0; key < 100; key++) cache.set(key, 'early');
  hands.advance(10_000);
  cache.set(100, 'late');
  hands.advance(50_000);
  expect(cache.get(99)).toBeUndefined();
  hands.advance(9999);
  expect(cache.get(100)).toBe('late');
  hands.advance(1);
  expect(cache.get(100)).toBeUndefined();
});

test('a burst that is under way when the epoch moves up does not take its time along', () => {
  const hands = handsOnSystemClock();
  const cache = new TtlLruCache<number, string>({ ttl: 60_000 });
  cache.set(0, 'old', Infinity);
  hands.advance(2 ** 30 - 1);
  for (let key = 1; key < 20; key++) cache.set(key, 'before');
  vi.spyOn(systemClock, 'now').mockImplementation(() => hands.now() + 3000);
  // Asks the clock, as its ttl is short.
  cache.set(-1, 'brief', 1);
  cache.set(20, 'after');
  expect(cache.expiresIn(20)).toBe(60_000);
  hands.advance(60_000);
  expect(cache.has(20)).toBe(false);
});

test('what is computed in a burst expires as what is set does', () => {
  const hands = handsOnSystemClock();
  const cache = new TtlLruCache<number, number>({ ttl: 60_000 });
  for (let key = 0; key < 40; key++) void cache.getOrCompute(key, () => key);
  expect(new Set([...cache.keys()].map((key) => cache.expiresIn(key)))).toEqual(new Set([60_000]));
  hands.advance(60_000);
  expect([...cache.keys()]).toEqual([]);
});

test('no entry outlives its ttl, or loses more of it than there is between two ticks, however its write came', () => {
  const step = fc.record({ writes: fc.integer({ min: 1, max: 40 }), pause: fc.integer({ min: 0, max: 3000 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const hands = handsOnSystemClock();
      const cache = new TtlLruCache<number, number>({ ttl: 60_000 });
      const written: number[] = [];
      for (const { writes, pause } of steps) {
        for (let write = 0; write < writes; write++) cache.set(written.push(hands.now()), hands.now());
        hands.advance(pause);
      }
      for (let looks = 0; looks < 70; looks++) {
        hands.advance(1000);
        const ages = [...cache.values()].map((at) => hands.now() - at);
        expect(Math.max(0, ...ages)).toBeLessThan(60_000);
        expect(ages.length).toBeGreaterThanOrEqual(written.filter((at) => hands.now() - at <= 59_000).length);
      }
      expect(cache.size).toBe(0);
      cache.dispose();
    }),
    { numRuns: 100 },
  );
});
