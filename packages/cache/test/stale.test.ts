import { describe, expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

describe('stale while revalidate', () => {
  const options = { ttl: 1000, staleWhileRevalidate: 500 };

  test('hands out the old value at once and refreshes it once in the background', async () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, number>({ clock, ...options });
    cache.set('a', 1);
    clock.advance(1200);
    const { promise, resolve } = deferred<number>();
    let calls = 0;
    const compute = (): Promise<number> => {
      calls++;
      return promise;
    };
    expect([cache.getOrCompute('a', compute), cache.getOrCompute('a', compute)]).toEqual([1, 1]);
    expect(calls).toBe(1);
    resolve(2);
    await promise;
    expect(cache.getOrCompute('a', compute)).toBe(2);
  });

  test('ends with its window, and get, has and peek never see a stale value', async () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, number>({ clock, ...options });
    cache.set('a', 1);
    clock.advance(1000);
    expect([cache.get('a'), cache.has('a'), cache.peek('a'), [...cache]]).toEqual([undefined, false, undefined, []]);
    expect(cache.getOrCompute('a', () => new Promise(() => undefined))).toBe(1);
    clock.advance(500);
    cache.delete('a');
    expect(await cache.getOrCompute('a', async () => 3)).toBe(3);
  });

  test('a refresh that a computation set off may ask for what that computes', async () => {
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const cache = new TtlLruCache<string, number>({ clock, ...options, onError: (error) => errors.push(error) });
    cache.set('a', 1);
    clock.advance(1200);
    const computing = cache.getOrCompute('b', async () => {
      const stale = await cache.getOrCompute('a', async () => (await cache.getOrCompute('b', () => 0)) + 1);
      return stale + 10;
    });
    expect(await computing).toBe(11);
    await new Promise((resolve) => setImmediate(resolve));
    expect([cache.get('a'), errors]).toEqual([12, []]);
  });

  test('a refresh goes on when a caller that has joined it leaves', async () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, number>({ clock, ...options });
    cache.set('a', 1);
    clock.advance(1499);
    const { promise, resolve } = deferred<number>();
    expect(cache.getOrCompute('a', () => promise)).toBe(1);
    clock.advance(1);
    const leaving = new AbortController();
    const joined = cache.getOrCompute('a', () => 0, { signal: leaving.signal });
    leaving.abort(new Error('left'));
    await expect(joined).rejects.toThrow('left');
    resolve(2);
    await promise;
    expect(cache.get('a')).toBe(2);
  });

  test('keeps the old value when the refresh fails, and reports why', async () => {
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const cache = new TtlLruCache<string, number>({
      clock,
      ...options,
      onError: (error, key) => errors.push(error, key),
    });
    cache.set('a', 1);
    clock.advance(1001);
    const failure = new Error('no');
    expect(cache.getOrCompute('a', () => Promise.reject(failure))).toBe(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(
      cache.getOrCompute('a', () => {
        throw failure;
      }),
    ).toBe(1);
    expect(errors).toEqual([failure, 'a', failure, 'a']);
  });

  test('a stale entry is kept by the sweep until its window is over', () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, number>({
      clock,
      ttl: 1000,
      staleWhileRevalidate: 5000,
      sweepInterval: 1000,
    });
    cache.set('a', 1);
    clock.advance(5000);
    expect(cache.size).toBe(1);
    clock.advance(2000);
    expect(cache.size).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

describe('stale if error', () => {
  test('hands out the old value when computing fails, within its window', async () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, number>({ clock, ttl: 1000 });
    cache.set('a', 1, { staleIfError: 500 });
    clock.advance(1400);
    const fails = (): Promise<number> => Promise.reject(new Error('no'));
    expect(await cache.getOrCompute('a', fails)).toBe(1);
    clock.advance(100);
    await expect(cache.getOrCompute('a', fails)).rejects.toThrow('no');
  });

  test('does not bring back what was deleted meanwhile', async () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, number>({ clock, ttl: 1000, staleIfError: 500 });
    cache.set('a', 1);
    clock.advance(1200);
    const { promise, reject } = deferred<number>();
    const waiting = cache.getOrCompute('a', () => promise);
    cache.delete('a');
    reject(new Error('no'));
    await expect(waiting).rejects.toThrow('no');
  });

  test('does not stand in the way of a value that can be computed', async () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, number>({ clock, ttl: 1000, staleIfError: 500 });
    cache.set('a', 1);
    clock.advance(1400);
    expect(await cache.getOrCompute('a', async () => 2)).toBe(2);
  });
});
