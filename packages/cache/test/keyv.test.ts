import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv6';
import { describe, expect, test } from 'vitest';

import { type CacheEvent, TieredCache, TtlLruCache } from '../src/index.ts';
import { type KeyvLike, KeyvMemoryStore, keyvTier } from '../src/keyv/index.ts';
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

  test('whichever ttl ends first ends an entry, and without one it stays', async () => {
    const clock = new ManualClock(Date.now());
    const short = new KeyvMemoryStore({ clock, ttl: 100 });
    await short.set('a', 1, 60_000);
    await short.set('b', 1, 50);
    clock.advance(60);
    expect([await short.has('a'), await short.has('b')]).toEqual([true, false]);
    clock.advance(50);
    expect(await short.get('a')).toBeUndefined();
    const endless = new KeyvMemoryStore({ clock });
    await endless.set('a', 1);
    clock.advance(365 * 86_400_000);
    expect(await endless.get('a')).toBe(1);
  });

  test.each<[string, (store: KeyvMemoryStore) => KeyvLike]>([
    ['Keyv 5', (store: KeyvMemoryStore) => new Keyv({ store, namespace: 'one' })],
    ['Keyv 6', (store: KeyvMemoryStore) => new Keyv6({ store, namespace: 'one' })],
  ])('clear of a %s with a namespace removes its own keys and no others', async (_version, make) => {
    const store = new KeyvMemoryStore();
    const keyv = make(store);
    const errors: unknown[] = [];
    keyv.on?.('error', (error: unknown) => errors.push(error));
    await keyv.set('a', '1');
    await store.set('other', 'kept');
    const cache = new TieredCache({ memory: false, tiers: [keyvTier(keyv)] });
    await cache.set('b', 2);
    await cache.clear();
    expect([await keyv.get('a'), await cache.get('b'), await store.get('other')]).toEqual([
      undefined,
      undefined,
      'kept',
    ]);
    expect(errors).toEqual([]);
  });

  test('Keyv 6 goes through what is in the store', async () => {
    const keyv = new Keyv6({ store: new KeyvMemoryStore() });
    await keyv.set('a', 1);
    await keyv.set('b', 2);
    const found: unknown[] = [];
    for await (const each of keyv.iterator()) found.push(each);
    expect(found).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
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
