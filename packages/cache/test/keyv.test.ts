import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';

import { type CacheEvent, TieredCache, TtlLruCache } from '../src/index.ts';
import { KeyvMemoryStore, keyvTier } from '../src/keyv/index.ts';
import { ManualClock } from '../src/testing/index.ts';

describe('as a store for Keyv', () => {
  test.each([
    ['the memory store', () => new KeyvMemoryStore({ maxSize: 2 })],
    ['the memory cache itself', () => new TtlLruCache<string>({ maxSize: 2 })],
  ])('%s is bounded, and does what Keyv asks', async (_name, make) => {
    const keyv = new Keyv({ store: make() });
    await keyv.set('a', 1);
    await keyv.set('b', { two: 2 }, 60_000);
    await keyv.set('c', 3);
    expect([await keyv.get('a'), await keyv.get('b'), await keyv.has('c')]).toEqual([undefined, { two: 2 }, true]);
    expect(await keyv.get(['b', 'c', 'd'])).toEqual([{ two: 2 }, 3, undefined]);
    expect(await keyv.delete('b')).toBe(true);
    expect(await keyv.delete('b')).toBe(false);
    await keyv.delete(['c', 'd']);
    expect(await keyv.get('c')).toBeUndefined();
  });

  test('Keyv’s ttl ends an entry in the store too', async () => {
    const clock = new ManualClock(Date.now());
    const store = new KeyvMemoryStore({ clock });
    const keyv = new Keyv({ store });
    await keyv.set('a', 1, 1000);
    expect(store.stats().size).toBe(1);
    clock.advance(120_000);
    expect(store.stats().size).toBe(0);
  });

  test('clear keeps to the namespace', async () => {
    const store = new KeyvMemoryStore();
    const [one, two] = ['one', 'two'].map((namespace) => new Keyv({ store, namespace }));
    await one?.set('a', 1);
    await two?.set('a', 2);
    store.namespace = 'one';
    await one?.clear();
    expect([await one?.get('a'), await two?.get('a')]).toEqual([undefined, 2]);
    await store.disconnect();
  });
});

describe('as a tier', () => {
  test('what another program put under the key is a miss and an event', async () => {
    const keyv = new Keyv();
    const events: CacheEvent[] = [];
    const cache = new TieredCache({ tiers: [keyvTier(keyv)], onEvent: (event) => events.push(event) });
    await keyv.set('a', { some: 'thing' });
    expect(await cache.get('a')).toBeUndefined();
    expect(events).toMatchObject([{ type: 'entry-corrupt', tier: 'keyv', key: 'a', reason: 'foreign' }]);
    expect(await keyv.get('a')).toBeUndefined();
  });

  test('a store that fails is an event', async () => {
    const store = new Map();
    store.set = () => {
      throw new Error('full');
    };
    const keyv = new Keyv({ store });
    keyv.on('error', () => undefined);
    const events: CacheEvent[] = [];
    const cache = new TieredCache({
      tiers: [keyvTier(keyv, { name: 'disk' })],
      onEvent: (event) => events.push(event),
    });
    await cache.set('a', 1);
    expect(events).toMatchObject([{ type: 'tier-error', tier: 'disk', operation: 'set' }]);
    expect(cache.get('a')).toBe(1);
  });
});
