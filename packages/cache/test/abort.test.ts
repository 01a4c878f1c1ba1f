import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { TtlLruCache } from '../src/index.ts';

test('one caller leaves with its own reason, the others get the value', async () => {
  const cache = new TtlLruCache<string, number>();
  const { promise, resolve } = deferred<number>();
  let seen: AbortSignal | undefined;
  const leaving = new AbortController();
  const compute = ({ signal }: { signal: AbortSignal }): Promise<number> => {
    seen = signal;
    return promise;
  };
  const first = cache.getOrCompute('a', compute, { signal: leaving.signal });
  const second = cache.getOrCompute('a', compute, { signal: new AbortController().signal });
  const third = cache.getOrCompute('a', compute);
  const reason = { why: 'left' };
  leaving.abort(reason);
  await expect(first).rejects.toBe(reason);
  expect(seen?.aborted).toBe(false);
  resolve(1);
  expect(await Promise.all([second, third])).toEqual([1, 1]);
  expect(cache.get('a')).toBe(1);
});

test('when the last caller leaves, the computation is aborted with its reason and leaves nothing behind', async () => {
  const cache = new TtlLruCache<string, number>();
  const { promise, resolve } = deferred<number>();
  let seen: AbortSignal | undefined;
  const one = new AbortController();
  const two = new AbortController();
  const compute = ({ signal }: { signal: AbortSignal }): Promise<number> => {
    seen = signal;
    return promise;
  };
  const waiting = [one, two].map(async ({ signal }) => cache.getOrCompute('a', compute, { signal }));
  one.abort(new Error('one'));
  two.abort(new Error('two'));
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  expect(seen?.reason).toBe(two.signal.reason);
  // The one that asks now is not handed the remains.
  const fresh = cache.getOrCompute('a', async () => 5);
  resolve(1);
  expect(await fresh).toBe(5);
  expect(cache.get('a')).toBe(5);
});

test('a caller without a signal keeps the computation going', async () => {
  const cache = new TtlLruCache<string, number>();
  const { promise, resolve } = deferred<number>();
  let seen: AbortSignal | undefined;
  const leaving = new AbortController();
  const stays = cache.getOrCompute('a', ({ signal }) => {
    seen = signal;
    return promise;
  });
  const leaves = cache.getOrCompute('a', () => 0, { signal: leaving.signal });
  leaving.abort();
  await expect(leaves).rejects.toBe(leaving.signal.reason);
  expect(seen?.aborted).toBe(false);
  resolve(1);
  expect(await stays).toBe(1);
});

test('who comes with a signal that is aborted already computes nothing', async () => {
  const cache = new TtlLruCache<string, number>();
  let calls = 0;
  const signal = AbortSignal.abort('gone');
  await expect(cache.getOrCompute('a', () => ++calls, { signal })).rejects.toBe('gone');
  expect(calls).toBe(0);
});

test('dispose aborts what is being computed, also what has been overtaken by a set', () => {
  const cache = new TtlLruCache<string, number>();
  const signals: AbortSignal[] = [];
  const compute = ({ signal }: { signal: AbortSignal }): Promise<number> => {
    signals.push(signal);
    return new Promise(() => undefined);
  };
  void cache.getOrCompute('a', compute);
  cache.set('a', 1);
  void cache.getOrCompute('b', compute);
  cache.dispose();
  expect(signals.map(({ reason }) => (reason as { code?: string }).code)).toEqual([
    'ERR_CACHE_CLOSED',
    'ERR_CACHE_CLOSED',
  ]);
});

test('no listener stays on a signal, however it ends', async () => {
  const cache = new TtlLruCache<string, number>();
  const { signal } = new AbortController();
  await cache.getOrCompute('a', async () => 1, { signal });
  await expect(cache.getOrCompute('b', () => Promise.reject(new Error('no')), { signal })).rejects.toThrow('no');
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  const leaving = new AbortController();
  const waiting = cache.getOrCompute('c', () => new Promise(() => undefined), { signal: leaving.signal });
  leaving.abort();
  await expect(waiting).rejects.toBe(leaving.signal.reason);
  expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
});

test('dispose aborts what is being computed', async () => {
  const cache = new TtlLruCache<string, number>();
  let seen: AbortSignal | undefined;
  const waiting = cache.getOrCompute('a', ({ signal }) => {
    seen = signal;
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  });
  cache.dispose();
  await expect(waiting).rejects.toMatchObject({ code: 'ERR_CACHE_CLOSED' });
  expect(seen?.aborted).toBe(true);
});
