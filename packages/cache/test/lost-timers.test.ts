import { afterEach, describe, expect, test, vi } from 'vitest';

import { type Clock, TtlLruCache } from '../src/index.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A clock that is set by hand and whose timers never go off, as while the event loop is blocked. */
function stoppedClock() {
  const state = { now: 1_700_000_000_000 };
  const clock: Clock = { now: () => state.now, setTimeout: () => 0, clearTimeout: () => undefined };
  return { clock, state };
}

describe('a ttl counts', () => {
  test('when fake timers that the cache was made under have been put away', () => {
    vi.useFakeTimers();
    const cache = new TtlLruCache<string, number>({ ttl: 10_000 });
    cache.set('a', 1);
    vi.useRealTimers();
    // Others, as of the next test.
    vi.useFakeTimers();
    expect(cache.get('a')).toBe(1);
    vi.setSystemTime(Date.now() + 11_000);
    expect(cache.get('a')).toBeUndefined();
    expect([cache.has('a'), cache.peek('a'), cache.expiresIn('a')]).toEqual([false, undefined, undefined]);
    cache.dispose();
  });

  test('and sweeps go on, with the timers that are there now', () => {
    vi.useFakeTimers();
    const cache = new TtlLruCache<string, number>({ ttl: 10_000, sweepInterval: 1000 });
    cache.set('a', 1).set('b', 2);
    vi.useRealTimers();
    vi.useFakeTimers();
    expect(cache.get('a')).toBe(1);
    vi.advanceTimersByTime(12_000);
    expect(cache.size).toBe(0);
    cache.dispose();
  });

  test('where a test has faked `Date` alone, and sets it', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const cache = new TtlLruCache<string, number>({ ttl: 60_000 });
    cache.set('a', 1);
    vi.setSystemTime(Date.now() + 59_999);
    expect(cache.get('a')).toBe(1);
    vi.setSystemTime(Date.now() + 1);
    expect(cache.get('a')).toBeUndefined();
    cache.dispose();
  });
});

test('timers that are numbers will do', () => {
  vi.spyOn(globalThis, 'setTimeout').mockReturnValue(7 as never);
  vi.spyOn(globalThis, 'clearTimeout').mockReturnValue(undefined);
  const cache = new TtlLruCache<string, number>({ ttl: 60_000 });
  expect(cache.set('a', 1).get('a')).toBe(1);
  cache.dispose();
});

test('has, peek and expiresIn know the time, however long the event loop was blocked', () => {
  const { clock, state } = stoppedClock();
  const cache = new TtlLruCache<string, number>({ ttl: 60_000, clock });
  cache.set('a', 1).set('b', 2).set('c', 3);
  state.now += 59_999;
  expect([cache.has('a'), cache.peek('b'), cache.expiresIn('c')]).toEqual([true, 2, 1]);
  state.now += 1;
  expect([cache.has('a'), cache.peek('b'), cache.expiresIn('c')]).toEqual([false, undefined, undefined]);
});

test('a clock that is set back lets nothing live longer', () => {
  const { clock, state } = stoppedClock();
  const cache = new TtlLruCache<string, number>({ ttl: 60_000, clock });
  cache.set('a', 1);
  state.now += 30_000;
  expect(cache.expiresIn('a')).toBe(30_000);
  state.now -= 8 * 3_600_000;
  expect(cache.expiresIn('a')).toBe(30_000);
  cache.set('b', 2);
  state.now += 29_999;
  expect(cache.has('a')).toBe(true);
  state.now += 1;
  expect(cache.has('a')).toBe(false);
  state.now += 29_999;
  expect(cache.has('b')).toBe(true);
  state.now += 1;
  expect(cache.has('b')).toBe(false);
});

test('a machine that wakes up knows by `has` what expired while it slept, and drops it', () => {
  const { clock, state } = stoppedClock();
  const cache = new TtlLruCache<string, number>({ ttl: 60_000, clock });
  cache.set('a', 1);
  state.now += 8 * 3_600_000;
  expect(cache.has('a')).toBe(false);
  expect(cache.get('a')).toBeUndefined();
});
