import { AsyncLocalStorage } from 'node:async_hooks';

import { describe, expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { TieredCache, TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

describe('a hit', () => {
  test('is the value itself, not a promise', async () => {
    const cache = new TtlLruCache<string, number>();
    expect(await cache.getOrCompute('a', async () => 1)).toBe(1);
    expect(cache.getOrCompute('a', async () => 2)).toBe(1);
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1, sets: 1 });
  });

  test.each([undefined, null, 0, false, ''])('may be %o', async (value) => {
    const cache = new TtlLruCache<string>();
    let calls = 0;
    const compute = async (): Promise<unknown> => {
      calls++;
      return value;
    };
    await cache.getOrCompute('a', compute);
    expect(cache.getOrCompute('a', compute)).toBe(value);
    expect(calls).toBe(1);
  });
});

describe('a miss', () => {
  test('may come from anything with a then', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- query builders of databases are such things
    const thenable = { then: (done: (value: number) => void) => done(5) } as Promise<number>;
    const cache = new TtlLruCache<string, number>();
    expect(await cache.getOrCompute('a', () => thenable)).toBe(5);
    expect(cache.get('a')).toBe(5);
    const tiers = new TieredCache<number>();
    expect(await tiers.getOrCompute('a', () => thenable)).toBe(5);
    expect(tiers.get('a')).toBe(5);
  });

  test('computed at once is a value at once', () => {
    const cache = new TtlLruCache<string, number>();
    expect(cache.getOrCompute('a', ({ key }) => key.length)).toBe(1);
    expect(cache.get('a')).toBe(1);
  });

  test('is computed once for 1000 callers', async () => {
    const cache = new TtlLruCache<string, object>();
    const { promise, resolve } = deferred<object>();
    let calls = 0;
    const waiting = Array.from({ length: 1000 }, async () =>
      cache.getOrCompute('a', () => {
        calls++;
        return promise;
      }),
    );
    const value = {};
    resolve(value);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([value]));
    expect(calls).toBe(1);
  });

  test('whose computation fails reaches every caller and is not remembered', async () => {
    const cache = new TtlLruCache<string, number>();
    const { promise, reject } = deferred<number>();
    const waiting = [1, 2, 3].map(async () => cache.getOrCompute('a', () => promise));
    const failure = new Error('no');
    reject(failure);
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: failure })));
    expect(await cache.getOrCompute('a', async () => 2)).toBe(2);
    expect(() =>
      cache.getOrCompute('b', () => {
        throw failure;
      }),
    ).toThrow(failure);
    expect(cache.getOrCompute('b', () => 3)).toBe(3);
  });

  test('is kept only if shouldCache says so', async () => {
    const cache = new TtlLruCache<string, number>();
    const options = { shouldCache: (value: number) => value > 1 };
    expect(await cache.getOrCompute('a', async () => 1, options)).toBe(1);
    expect(cache.has('a')).toBe(false);
    expect(await cache.getOrCompute('a', async () => 2, options)).toBe(2);
    expect(cache.get('a')).toBe(2);
  });

  test('may take its ttl and its tags from the value', () => {
    const clock = new ManualClock();
    const cache = new TtlLruCache<string, { life: number; owner: string }>({ clock });
    const compute = (): { life: number; owner: string } => ({ life: 10, owner: 'ada' });
    void cache.getOrCompute('a', compute, { ttl: ({ life }) => life, tags: ({ owner }) => [owner] });
    expect(cache.expiresIn('a')).toBe(10);
    expect(cache.invalidateTag('ada')).toBe(1);
  });
});

describe('what changes a key while it is computed keeps the late value out:', () => {
  test.each([
    ['delete', (cache: TtlLruCache<string, number>) => void cache.delete('a'), undefined],
    ['clear', (cache: TtlLruCache<string, number>) => cache.clear(), undefined],
    ['set', (cache: TtlLruCache<string, number>) => void cache.set('a', 7), 7],
    ['invalidateTag', (cache: TtlLruCache<string, number>) => void cache.invalidateTag('t'), undefined],
  ])('%s', async (_name, change, after) => {
    const cache = new TtlLruCache<string, number>();
    const { promise, resolve } = deferred<number>();
    const early = cache.getOrCompute('a', () => promise, { tags: ['t'] });
    change(cache);
    resolve(1);
    expect(await early).toBe(1);
    expect(cache.get('a')).toBe(after);
  });

  test('and who asks after it gets a computation of its own', async () => {
    const cache = new TtlLruCache<string, number>();
    const { promise, resolve } = deferred<number>();
    const early = cache.getOrCompute('a', () => promise);
    cache.delete('a');
    const late = cache.getOrCompute('a', async () => 2);
    expect(await late).toBe(2);
    resolve(1);
    expect(await early).toBe(1);
    expect(cache.get('a')).toBe(2);
  });

  test('another key or tag changes nothing', async () => {
    const cache = new TtlLruCache<string, number>();
    const { promise, resolve } = deferred<number>();
    const early = cache.getOrCompute('a', () => promise, { tags: ['t'] });
    cache.delete('b');
    cache.invalidateTag('other');
    resolve(1);
    await early;
    expect(cache.get('a')).toBe(1);
  });
});

describe('a computation that asks for its own key', () => {
  const reentrant = { code: 'ERR_CACHE_REENTRANT' };

  test('at once fails', async () => {
    const cache = new TtlLruCache<string, number>();
    await expect(cache.getOrCompute('a', () => cache.getOrCompute('a', () => 1))).rejects.toMatchObject(reentrant);
  });

  test('later fails', async () => {
    const cache = new TtlLruCache<string, number>();
    const compute = async (): Promise<number> => {
      await Promise.resolve();
      return cache.getOrCompute('a', () => 1);
    };
    await expect(cache.getOrCompute('a', compute)).rejects.toMatchObject(reentrant);
    expect(await cache.getOrCompute('a', async () => 5)).toBe(5);
  });

  test('through other keys fails, whoever began them', async () => {
    const cache = new TtlLruCache<string, number>();
    const gate = deferred();
    const one = cache.getOrCompute('a', async () => {
      await gate.promise;
      return cache.getOrCompute('b', async () => 1);
    });
    const two = cache.getOrCompute('b', async () => {
      await gate.promise;
      return cache.getOrCompute('a', async () => 1);
    });
    gate.resolve();
    const outcomes = await Promise.allSettled([one, two]);
    expect(outcomes.some((outcome) => outcome.status === 'rejected')).toBe(true);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(reentrant);
  });

  test('through another key that asks for it at once fails', async () => {
    const cache = new TtlLruCache<string, number>();
    const compute = async (): Promise<number> => {
      await Promise.resolve();
      return cache.getOrCompute('b', () => cache.getOrCompute('a', () => 1));
    };
    await expect(cache.getOrCompute('a', compute)).rejects.toMatchObject(reentrant);
  });

  test('while asking for another key is fine, also when both wait for a third', async () => {
    const cache = new TtlLruCache<string, number>();
    const base = deferred<number>();
    const on = (key: string, add: number) =>
      cache.getOrCompute(key, async () => (await cache.getOrCompute('base', () => base.promise)) + add);
    const both = Promise.all([on('one', 1), on('two', 2)]);
    base.resolve(10);
    expect(await both).toEqual([11, 12]);
  });
});

test('work that a computation starts outside of itself may ask for its key meanwhile', async () => {
  const outside = AsyncLocalStorage.snapshot();
  const cache = new TtlLruCache<string, number>();
  const asked: unknown[] = [];
  const ask = async (): Promise<void> => {
    asked.push(await Promise.resolve(cache.getOrCompute('a', () => 2)).catch((error: unknown) => error));
  };
  let polls: Promise<void>[] = [];
  const load = async (): Promise<number> => {
    polls = [ask(), outside(ask)];
    await new Promise((resolve) => setImmediate(resolve));
    return 1;
  };
  expect(await cache.getOrCompute('a', load)).toBe(1);
  await Promise.all(polls);
  expect(asked).toEqual([
    expect.objectContaining({ code: 'ERR_CACHE_REENTRANT', message: expect.stringContaining('snapshot()') }),
    1,
  ]);
});
