import { expect, test, vi } from 'vitest';

import { memoryTier, systemClock, TieredCache, TtlLruCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

/** A manual clock that can also be set back. */
class MovableClock extends ManualClock {
  offset = 0;
  override now(): number {
    return super.now() + this.offset;
  }
}

test('a timer for longer than timers wait does not go off at once', () => {
  const set = vi.spyOn(globalThis, 'setTimeout');
  for (const ms of [2 ** 31, 2 ** 40, Infinity]) systemClock.clearTimeout(systemClock.setTimeout(() => undefined, ms));
  expect(set.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]);
  set.mockRestore();
});

test('a clock that is set back does not put the next sweep off', () => {
  const clock = new MovableClock(1e12);
  const cache = new TtlLruCache<string, number>({ ttl: 5000, sweepInterval: 10_000, clock });
  clock.offset = -3_600_000;
  clock.advance(1000);
  cache.set('a', 1);
  clock.advance(20_000);
  expect(cache.size).toBe(0);
  cache.dispose();
});

test('a clock that is set back does not keep a dead tier out', async () => {
  const clock = new MovableClock(1e12);
  const good = memoryTier({ clock });
  let down = true;
  const tier = {
    ...good,
    get: (key: string) => {
      if (down) throw new Error('down');
      return good.get(key);
    },
  };
  const cache = new TieredCache({ tiers: [tier], memory: false, clock, breaker: { failures: 1, cooldown: 1000 } });
  expect(await cache.get('a')).toBeUndefined();
  expect(cache.stats().tiers['shared-memory']).toMatchObject({ open: true });
  down = false;
  clock.offset = -86_400_000;
  expect(await cache.get('a')).toBeUndefined();
  expect(cache.stats().tiers['shared-memory']).toMatchObject({ open: false });
  await cache.close();
});

test('a life that ends between two looks at the clock is no error', async () => {
  let now = 1e12;
  const clock = { now: () => now++, setTimeout: () => undefined, clearTimeout: () => undefined };
  const cache = new TieredCache<number>({ tiers: [memoryTier({ clock })], clock });
  for (let ttl = 0.5; ttl < 12; ttl += 0.5) {
    await cache.set('a', 1, { ttl });
    expect(await cache.getOrCompute(`b${ttl}`, () => 2, { ttl })).toBe(2);
    expect(await cache.getOrCompute(`c${ttl}`, async () => 3, { ttl })).toBe(3);
  }
  await cache.close();
});
