import { describe, expect, test } from 'vitest';

import { type CacheEvent, memoryTier, TieredCache } from '../src/index.ts';
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

  test('a value that cannot be written does not count', async () => {
    const clock = new ManualClock();
    const { keyvTier } = await import('../src/keyv/index.ts');
    const { Keyv } = await import('keyv');
    const events: CacheEvent[] = [];
    const cache = new TieredCache<unknown>({
      tiers: [keyvTier(new Keyv(), { clock })],
      clock,
      onEvent: (event) => events.push(event),
    });
    for (let call = 0; call < 20; call++) await cache.set('a', new Map());
    expect(cache.stats().tiers['keyv']).toMatchObject({ errors: 20, open: false });
    expect(events.every((event) => event.type === 'tier-error')).toBe(true);
    expect(cache.get('a')).toBeInstanceOf(Map);
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
    } else {
      const value = await cache.get(key);
      if (value !== undefined) expect(value).toBe(truth.get(key));
    }
  }
  expect(tier.failures).toBeGreaterThan(300);
  expect(cache.stats().hits).toBeGreaterThan(300);
});
