import { describe, expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { type CacheEvent, memoryTier, type Tier, TieredCache } from '../src/index.ts';
import { faultyTier, ManualClock } from '../src/testing/index.ts';

function make(options: { failures?: number } = {}) {
  const clock = new ManualClock();
  const tier = faultyTier<number>({ seed: 1, tier: memoryTier({ clock }) });
  const events: CacheEvent[] = [];
  const cache = new TieredCache<number>({
    memory: false,
    tiers: [tier],
    clock,
    onEvent: (event) => events.push(event),
    breaker: { failures: options.failures ?? 3, cooldown: 1000 },
  });
  return { clock, tier, events, cache };
}

test('a failing tier is a miss and an event', async () => {
  const { cache, tier, events } = make();
  await cache.set('a', 1);
  tier.down(true);
  expect(await cache.get('a')).toBeUndefined();
  expect(await cache.getOrCompute('a', async () => 2)).toBe(2);
  await cache.flush();
  expect(events[0]).toMatchObject({ type: 'tier-error', tier: tier.name, operation: 'get', key: 'a' });
});

test('a tier that does not answer is a miss after tierTimeout', async () => {
  const clock = new ManualClock();
  const tier = faultyTier({ seed: 1, hangRate: 1 });
  const events: CacheEvent[] = [];
  const cache = new TieredCache<unknown>({
    tiers: [tier],
    clock,
    tierTimeout: 50,
    onEvent: (event) => events.push(event),
  });
  const reading = cache.get('a');
  clock.advance(50);
  expect(await reading).toBeUndefined();
  expect(events).toMatchObject([{ type: 'tier-error', error: { code: 'ERR_CACHE_TIER_TIMEOUT' } }]);
});

describe('the breaker', () => {
  test('stops asking a dead tier, asks again after a while, and says both', async () => {
    const { cache, tier, events, clock } = make();
    tier.down(true);
    for (let call = 0; call < 10; call++) await cache.get('a');
    expect(tier.calls).toBe(3);
    expect(cache.stats().tiers[tier.name]).toMatchObject({ errors: 3, skipped: 7, open: true });
    clock.advance(1000);
    await cache.get('a');
    await cache.get('a');
    expect(tier.calls).toBe(4);
    // Twice as long after an attempt that failed.
    clock.advance(1999);
    await cache.get('a');
    expect(tier.calls).toBe(4);
    tier.down(false);
    clock.advance(1);
    await cache.get('a');
    await cache.get('a');
    expect(tier.calls).toBe(6);
    expect(events.filter(({ type }) => type !== 'tier-error').map(({ type }) => type)).toEqual([
      'tier-open',
      'tier-open',
      'tier-close',
    ]);
  });

  test('counts failures in a row, not in all', async () => {
    const { cache, tier } = make();
    for (let round = 0; round < 5; round++) {
      tier.down(true);
      await cache.get('a');
      await cache.get('a');
      tier.down(false);
      await cache.get('a');
    }
    expect(cache.stats().tiers[tier.name]).toMatchObject({ errors: 10, skipped: 0 });
  });

  test('a computed value that cannot be written does not count', async () => {
    const clock = new ManualClock();
    const { keyvTier } = await import('../src/keyv/index.ts');
    const { Keyv } = await import('keyv');
    const events: CacheEvent[] = [];
    const cache = new TieredCache<unknown>({
      memory: false,
      tiers: [keyvTier(new Keyv(), { clock })],
      clock,
      onEvent: (event) => events.push(event),
    });
    for (let call = 0; call < 20; call++) await cache.getOrCompute('a', () => new Map());
    await cache.flush();
    expect(cache.stats().tiers['keyv']).toMatchObject({ errors: 20, open: false });
    expect(events.every((event) => event.type === 'tier-error')).toBe(true);
  });
});

test('a change that a dead tier missed is not undone when it comes back', async () => {
  const { cache, tier, clock } = make();
  await cache.set('deleted', 1);
  await cache.set('changed', 1);
  tier.down(true);
  await cache.delete('deleted');
  await cache.set('changed', 2);
  tier.down(false);
  clock.advance(60_000);
  expect(await cache.get('deleted')).toBeUndefined();
  expect(await cache.get('changed')).toBeUndefined();
  await cache.set('changed', 3);
  expect(await cache.get('changed')).toBe(3);
});

describe('what a dead tier missed reaches it when it answers again', () => {
  /** Two caches, as of two processes, that share what is behind their tiers. */
  function makeTwo() {
    const clock = new ManualClock();
    const shared = memoryTier({ clock });
    const tier = faultyTier({ seed: 1, tier: shared });
    const breaker = { failures: 2, cooldown: 1000 };
    const one = new TieredCache({ memory: false, tiers: [tier], clock, breaker });
    const two = new TieredCache({ memory: false, tiers: [shared], clock });
    const back = async (): Promise<void> => {
      tier.down(false);
      clock.advance(60_000);
      await one.get('anything');
      await one.flush();
    };
    return { clock, tier, one, two, back };
  }

  test('so that others see it too: changes and tags', async () => {
    const { tier, one, two, back } = makeTwo();
    await one.set('deleted', 1);
    await one.set('changed', 1);
    await one.set('tagged', 1, { tags: ['t'] });
    await one.set('untouched', 1);
    tier.down(true);
    await one.delete('deleted');
    await one.set('changed', 2);
    await one.invalidateTag('t');
    await back();
    for (const key of ['deleted', 'changed', 'tagged']) expect(await two.get(key), key).toBeUndefined();
    expect(await two.get('untouched')).toBe(1);
  });

  test('a clear too, and nothing of before comes back meanwhile', async () => {
    const { clock, tier, one, two, back } = makeTwo();
    await one.set('a', 1);
    tier.down(true);
    await one.clear();
    await one.set('b', 2);
    tier.down(false);
    clock.advance(60_000);
    expect(await one.get('a')).toBeUndefined();
    await back();
    expect([await two.get('a'), await two.get('b')]).toEqual([undefined, undefined]);
    await one.set('a', 3);
    expect(await two.get('a')).toBe(3);
  });
});

test('a write that was given up and lands after a later one is not taken for the later one', async () => {
  const clock = new ManualClock();
  const behind = memoryTier<number>({ clock });
  const { promise, resolve } = deferred();
  const tier: Tier<number> = {
    ...behind,
    set: async (key, entry) => {
      if (entry.value === 1) await promise;
      await behind.set(key, entry);
    },
  };
  const cache = new TieredCache<number>({ memory: false, tiers: [tier], clock, tierTimeout: 50 });
  const first = cache.set('a', 1);
  await clock.advanceAsync(50);
  await first;
  await cache.set('a', 2);
  resolve();
  await clock.advanceAsync(0);
  expect(await behind.get('a')).toMatchObject({ value: 1 });
  expect(await cache.get('a')).toBeUndefined();
  await cache.set('a', 3);
  expect(await cache.get('a')).toBe(3);
});

test('a clear that takes longer than a call may goes on, and until its end the tier has nothing', async () => {
  const clock = new ManualClock();
  const behind = memoryTier<number>({ clock });
  const { promise, resolve } = deferred();
  let clears = 0;
  const tier = {
    ...behind,
    clear: async () => {
      clears++;
      await promise;
      await behind.clear();
    },
  };
  const cache = new TieredCache<number>({ memory: false, tiers: [tier], clock, tierTimeout: 50 });
  await cache.set('a', 1);
  const clearing = cache.clear();
  await clock.advanceAsync(50);
  await clearing;
  expect(await cache.get('a')).toBeUndefined();
  await cache.set('a', 2);
  expect(await cache.get('a')).toBeUndefined();
  resolve();
  await clock.advanceAsync(0);
  await cache.set('a', 3);
  expect([await cache.get('a'), clears]).toEqual([3, 1]);
});

test('a tier that fails at random costs hits, never a wrong value', async () => {
  const clock = new ManualClock();
  const tier = faultyTier<number>({ seed: 7, failRate: 0.3, tier: memoryTier({ clock }) });
  const cache = new TieredCache<number>({
    memory: false,
    tiers: [tier],
    clock,
    breaker: { failures: 4, cooldown: 10 },
  });
  const truth = new Map<string, number>();
  for (let step = 0; step < 3000; step++) {
    const key = `k${step % 17}`;
    clock.advance(1);
    if (step % 3 === 0) {
      await cache.set(key, step);
      truth.set(key, step);
    } else if (step % 11 === 0) {
      await cache.delete(key);
      truth.delete(key);
    } else if (step % 101 === 0) {
      await cache.clear();
      truth.clear();
    } else {
      const value = await cache.get(key);
      if (value !== undefined) expect(value).toBe(truth.get(key));
    }
  }
  expect(tier.failures).toBeGreaterThan(300);
  expect(cache.stats().hits).toBeGreaterThan(300);
});
