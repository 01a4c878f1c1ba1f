import { describe, expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { type CacheEvent, memoryTier, type Tier, TieredCache, type ValueSource } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

/** A tier in memory whose answers come as promises. */
function slow(name: string, clock: ManualClock): Tier {
  const tier = memoryTier({ name, clock });
  return {
    name,
    get: async (key) => tier.get(key),
    set: async (key, entry) => tier.set(key, entry),
    delete: async (key) => tier.delete(key),
    clear: async () => tier.clear(),
    close: async () => tier.close(),
  };
}

function make(options: object = {}) {
  const clock = new ManualClock();
  const near = memoryTier({ name: 'near', clock });
  const far = slow('far', clock);
  const events: CacheEvent[] = [];
  const cache = new TieredCache<unknown>({
    tiers: [near, far],
    clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, near, far, cache, events };
}

describe('reading', () => {
  test('finds a value in memory without a promise', () => {
    const { cache } = make();
    void cache.set('a', 1);
    expect(cache.get('a')).toBe(1);
    expect(cache.getEntry('a')).toMatchObject({ value: 1, tier: 'memory', expiresAt: Infinity });
  });

  test('brings a value up from the far tier into the nearer ones, for the rest of its life', async () => {
    const { cache, clock, near, far } = make({ memory: { ttl: 60_000 } });
    const now = clock.now();
    await far.set('a', { value: 1, storedAt: now, expiresAt: now + 5000, tags: [], meta: { by: 'test' } });
    clock.advance(1000);
    expect(await cache.getEntry('a')).toMatchObject({ value: 1, tier: 'far', storedAt: now, meta: { by: 'test' } });
    await cache.flush();
    expect(near.get('a')).toMatchObject({ storedAt: now, expiresAt: now + 5000 });
    expect(cache.getEntry('a')).toMatchObject({ tier: 'memory', expiresAt: now + 5000 });
    clock.advance(3999);
    expect(cache.get('a')).toBe(1);
    clock.advance(1);
    expect(await cache.get('a')).toBeUndefined();
    expect(cache.stats()).toMatchObject({ hits: 3, misses: 1, hitRatio: 0.75 });
  });

  test('keeps a value in memory no longer than the memory tier says', async () => {
    const { cache, clock } = make({ memory: { ttl: 1000 } });
    await cache.set('a', 1, { ttl: 60_000 });
    clock.advance(1000);
    expect(await cache.getEntry('a')).toMatchObject({ tier: 'near', value: 1 });
  });

  test('a caller who leaves gets the reason, the others the value', async () => {
    const { cache, far, clock } = make();
    const now = clock.now();
    await far.set('a', { value: 1, storedAt: now, expiresAt: Infinity });
    const leaving = new AbortController();
    const first = cache.get('a', { signal: leaving.signal });
    const second = cache.get('a');
    leaving.abort('left');
    await expect(first).rejects.toBe('left');
    expect(await second).toBe(1);
  });

  test('works without memory', async () => {
    const { cache } = make({ memory: false });
    await cache.set('a', 1);
    expect(cache.getEntry('a')).toMatchObject({ value: 1, tier: 'near' });
    expect(await cache.getOrCompute('a', () => 2)).toBe(1);
    expect(await cache.getOrCompute('b', () => 2)).toBe(2);
    await cache.flush();
    expect(cache.getEntry('b')).toMatchObject({ value: 2, tier: 'near' });
    expect(cache.stats().size).toBe(0);
    expect(Object.keys(cache.stats().tiers)).toEqual(['near', 'far']);
  });
});

describe('getOrCompute', () => {
  test('says where the value came from', async () => {
    const { cache, far, clock } = make();
    const sources: ValueSource[] = [];
    const onSource = (source: ValueSource): void => void sources.push(source);
    const { promise, resolve } = deferred<number>();
    const both = [1, 2].map(() => cache.getOrCompute('a', () => promise, { onSource }));
    resolve(1);
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(cache.getOrCompute('a', () => 0, { onSource })).toBe(1);
    await far.set('b', { value: 2, storedAt: clock.now(), expiresAt: Infinity });
    await cache.getOrCompute('b', () => 0, { onSource });
    expect(sources).toEqual(['computed', 'shared', { tier: 'memory' }, { tier: 'far' }]);
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 2 });
  });

  test('writes through every tier, with tags and meta, and does not make the caller wait for it', async () => {
    const { cache, near, far, clock } = make();
    const value = await cache.getOrCompute('a', async () => 'v', {
      ttl: 5000,
      tags: ['t'],
      meta: (v) => ({ length: (v as string).length }),
    });
    expect(value).toBe('v');
    await cache.flush();
    for (const tier of [near, far]) {
      const entry = await tier.get('a');
      expect(entry).toMatchObject({ value: 'v', expiresAt: clock.now() + 5000, tags: ['t'], meta: { length: 1 } });
    }
  });

  test('does not keep what shouldCache refuses, in any tier', async () => {
    const { cache, near, far } = make();
    await cache.getOrCompute('a', async () => 1, { shouldCache: () => false });
    await cache.flush();
    expect([near.get('a'), await far.get('a'), await cache.get('a')]).toEqual([undefined, undefined, undefined]);
  });

  test.each([{}, false] as const)(
    'a set meanwhile is not overwritten by the late value (memory: %o)',
    async (memory) => {
      const { cache } = make({ memory });
      const { promise, resolve } = deferred<number>();
      const computing = cache.getOrCompute('a', () => promise);
      await cache.set('a', 'set');
      resolve(1);
      expect(await computing).toBe(1);
      await cache.flush();
      expect(await cache.get('a')).toBe('set');
    },
  );

  test('a delete meanwhile keeps the late value out of every tier', async () => {
    const { cache, near, far } = make();
    const { promise, resolve } = deferred<number>();
    const early = cache.getOrCompute('a', () => promise);
    await far.get('a');
    await cache.delete('a');
    resolve(1);
    expect(await early).toBe(1);
    await cache.flush();
    expect([near.get('a'), await far.get('a'), await cache.get('a')]).toEqual([undefined, undefined, undefined]);
  });

  test('a stale value is handed out at once while the tiers are asked', async () => {
    const { cache, clock } = make({ memory: { staleWhileRevalidate: 1000 } });
    await cache.set('a', 1, { ttl: 100 });
    clock.advance(200);
    const sources: ValueSource[] = [];
    expect(cache.getOrCompute('a', async () => 2, { ttl: 100, onSource: (source) => void sources.push(source) })).toBe(
      1,
    );
    expect(sources).toEqual([{ tier: 'memory' }]);
    await cache.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(cache.get('a')).toBe(2);
  });
});

describe('changes', () => {
  test('of one key reach a slow tier in their order', async () => {
    const clock = new ManualClock();
    const gates = [deferred(), deferred()];
    const tier = slow('far', clock);
    const set = tier.set.bind(tier);
    let writes = 0;
    tier.set = async (key, entry) => {
      await gates[writes++]?.promise;
      await set(key, entry);
    };
    const cache = new TieredCache<number>({ tiers: [tier], clock, tierTimeout: Infinity });
    const first = cache.set('a', 1);
    const second = cache.set('a', 2);
    gates[1]?.resolve();
    gates[0]?.resolve();
    await Promise.all([first, second]);
    expect((await tier.get('a'))?.value).toBe(2);
  });

  test('a read that began before a change does not bring the old value back', async () => {
    const clock = new ManualClock();
    const gate = deferred();
    const tier = slow('far', clock);
    await tier.set('a', { value: 'old', storedAt: clock.now(), expiresAt: Infinity });
    const get = tier.get.bind(tier);
    tier.get = async (key) => {
      const entry = await get(key);
      await gate.promise;
      return entry;
    };
    const cache = new TieredCache<string>({ tiers: [tier], clock, tierTimeout: Infinity });
    const reading = cache.get('a');
    const prefetching = cache.prefetch(['a']);
    await cache.delete('a');
    gate.resolve();
    expect(await reading).toBe('old');
    await prefetching;
    expect(await cache.get('a')).toBeUndefined();
  });

  test('delete says whether any tier had it; a read right after it misses', async () => {
    const { cache, far, clock } = make();
    await far.set('a', { value: 1, storedAt: clock.now(), expiresAt: Infinity });
    const deleting = cache.delete('a');
    expect(await cache.get('a')).toBeUndefined();
    expect(await deleting).toBe(true);
    expect(await cache.delete('a')).toBe(false);
  });

  test('clear empties every tier, and what is set meanwhile stays', async () => {
    const { cache, near, far } = make();
    await cache.set('a', 1);
    const clearing = cache.clear();
    const setting = cache.set('b', 2);
    await Promise.all([clearing, setting]);
    expect([near.get('a'), await far.get('a')]).toEqual([undefined, undefined]);
    expect((await far.get('b'))?.value).toBe(2);
    expect(cache.get('b')).toBe(2);
  });
});

describe('tags', () => {
  test('an invalidation reaches entries in slow tiers, also those of another cache', async () => {
    const clock = new ManualClock();
    const far = slow('far', clock);
    const here = new TieredCache<number>({ tiers: [far], clock });
    await here.set('a', 1, { tags: ['t', 'u'] });
    await here.set('b', 2, { tags: ['u'] });
    clock.advance(5);
    await here.invalidateTag('t');
    expect(await here.get('a')).toBeUndefined();
    expect(here.get('b')).toBe(2);
    const elsewhere = new TieredCache<number>({ tiers: [far], clock });
    expect(await elsewhere.get('a')).toBeUndefined();
    expect(await elsewhere.prefetch(['a', 'b'])).toEqual({ found: 1 });
    expect(await elsewhere.get('b')).toBe(2);
  });

  test('what is stored after an invalidation counts, even in the same millisecond', async () => {
    const { cache } = make({ memory: false });
    await cache.set('a', 1, { tags: ['t'] });
    await cache.invalidateTag('t');
    expect(await cache.get('a')).toBeUndefined();
    await cache.set('a', 2, { tags: ['t'] });
    expect(await cache.get('a')).toBe(2);
  });
});

test('prefetch sweeps known keys up, tier by tier', async () => {
  const { cache, near, far, clock } = make();
  const entry = (value: number) => ({ value, storedAt: clock.now(), expiresAt: Infinity });
  await cache.set('m', 0);
  void near.set('n', entry(1));
  await far.set('f', entry(2));
  expect(await cache.prefetch(['m', 'n', 'f', 'f', 'missing'])).toEqual({ found: 3 });
  expect([cache.get('m'), cache.get('n'), cache.get('f')]).toEqual([0, 1, 2]);
  await cache.flush();
  expect(near.get('f')).toMatchObject({ value: 2 });
});

test('prefetch does not bring back what is being deleted', async () => {
  const { cache, far, clock } = make();
  await far.set('a', { value: 1, storedAt: clock.now(), expiresAt: Infinity });
  const deleting = cache.delete('a');
  expect(await cache.prefetch(['a'])).toEqual({ found: 0 });
  await deleting;
  expect(await cache.get('a')).toBeUndefined();
});

test('close ends it: memory empty, writes done, tiers closed, set throws', async () => {
  const { cache, far } = make();
  let closed = 0;
  far.close = () => void closed++;
  const setting = cache.set('a', 1);
  await cache.close();
  await cache.close();
  await setting;
  expect(closed).toBe(1);
  expect((await far.get('a'))?.value).toBe(1);
  expect(() => cache.set('a', 1)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_CLOSED' }));
});

test('an onEvent that throws breaks nothing', async () => {
  const clock = new ManualClock();
  const tier = slow('far', clock);
  tier.get = () => Promise.reject(new Error('down'));
  const onEvent = (): never => {
    throw new Error('listener');
  };
  const cache = new TieredCache<number>({ tiers: [tier], clock, onEvent });
  expect(await cache.getOrCompute('a', () => 1)).toBe(1);
});

test('options are called as methods, so that they may be an object with state of its own', async () => {
  class Lookup {
    #seen: unknown[] = [];
    ttl(value: unknown): number {
      this.#seen.push(value);
      return 1000;
    }
    tags(value: unknown): string[] {
      this.#seen.push(value);
      return ['t'];
    }
    meta(value: unknown): { is: string } {
      this.#seen.push(value);
      return { is: 'meta' };
    }
    shouldCache(value: unknown): boolean {
      this.#seen.push(value);
      return true;
    }
    onSource(source: ValueSource): void {
      this.#seen.push(source);
    }
    get seen(): readonly unknown[] {
      return this.#seen;
    }
  }
  const { cache } = make();
  const lookup = new Lookup();
  await cache.getOrCompute('a', () => 1, lookup);
  expect(lookup.seen).toEqual([1, 1, 1, 1, 'computed']);
  expect(await cache.getEntry('a')).toMatchObject({ tags: ['t'], meta: { is: 'meta' } });
});

describe('the lock of a tier', () => {
  function makeLocking() {
    const held: string[] = [];
    const tier: Tier = {
      ...memoryTier(),
      lock: async (key) => {
        held.push(key);
        return { release: async () => void held.splice(held.indexOf(key), 1) };
      },
    };
    return { held, cache: new TieredCache<unknown>({ tiers: [tier] }) };
  }

  test('is held while a key is computed, and given back by the end of flush', async () => {
    const { held, cache } = makeLocking();
    expect(await cache.getOrCompute('a', async () => [...held])).toEqual(['a']);
    await cache.flush();
    expect(held).toEqual([]);
  });

  test('is given back by the end of close, when the computation stops as it is told', async () => {
    const { held, cache } = makeLocking();
    const computing = cache.getOrCompute('a', async ({ signal }) => {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    });
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([cache.close(), expect(computing).rejects.toMatchObject({ code: 'ERR_CACHE_CLOSED' })]);
    expect(held).toEqual([]);
  });

  test('that cannot be given back is an event', async () => {
    const failure = new Error('no');
    const events: CacheEvent[] = [];
    const tier = { ...memoryTier(), lock: async () => ({ release: () => Promise.reject(failure) }) };
    const cache = new TieredCache<unknown>({ tiers: [tier], onEvent: (event) => events.push(event) });
    expect(await cache.getOrCompute('a', () => 1)).toBe(1);
    await cache.flush();
    expect(events).toMatchObject([{ type: 'tier-error', operation: 'lock', key: 'a', error: failure }]);
  });
});
