import fc from 'fast-check';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';

import { startRedis, withoutRedis } from '../../../test-support/redis-server.ts';
import { type Tier, TieredCache, type TierEntry } from '../src/index.ts';
import { redisTier } from '../src/redis/index.ts';
import { ManualClock } from '../src/testing/index.ts';

/** A tier that shows what it holds, and lets it be evicted. */
function openTier(name: string, clock: ManualClock) {
  const held = new Map<string, TierEntry<number>>();
  const state = { down: false };
  const call = async <T>(run: () => T): Promise<T> => {
    if (state.down) throw new Error('down');
    return run();
  };
  const tier: Tier<number> = {
    name,
    get: (key) =>
      call(() => {
        const entry = held.get(key);
        return entry !== undefined && entry.expiresAt > clock.now() ? entry : undefined;
      }),
    set: (key, entry) => call(() => void held.set(key, entry)),
    delete: (key) => call(() => held.delete(key)),
    clear: () => call(() => held.clear()),
    close: () => undefined,
  };
  const markers = (): string[] => [...held.keys()].filter((key) => key.startsWith('\u0000'));
  return { tier, held, state, markers };
}

function make() {
  const clock = new ManualClock();
  const near = openTier('near', clock);
  const far = openTier('far', clock);
  const cacheOver = (...tiers: { tier: Tier<number> }[]) =>
    new TieredCache<number>({ memory: false, tiers: tiers.map(({ tier }) => tier), clock });
  return { clock, near, far, cacheOver };
}

test('an entry whose marker was evicted is not found: it might have been invalidated', async () => {
  const { far, cacheOver } = make();
  const cache = cacheOver(far);
  await cache.set('a', 1, { tags: ['t', 'u'] });
  expect(await cache.get('a')).toBe(1);
  await cache.invalidateTag('t');
  for (const marker of far.markers()) far.held.delete(marker);
  expect(await cache.get('a')).toBeUndefined();
  expect(await cacheOver(far).get('a')).toBeUndefined();
  await cache.set('b', 2, { tags: ['u'] });
  for (const marker of far.markers()) far.held.delete(marker);
  expect(await cache.get('b')).toBeUndefined();
  await cache.set('b', 3, { tags: ['u'] });
  expect(await cache.get('b')).toBe(3);
});

test('a tag that no entry has leaves nothing behind, and an invalidated one neither', async () => {
  const { far, cacheOver } = make();
  const cache = cacheOver(far);
  for (let index = 0; index < 100; index++) await cache.invalidateTag(`user:${index}`);
  expect(far.held.size).toBe(0);
  await cache.set('a', 1, { tags: ['t'] });
  await cache.invalidateTag('t');
  expect(far.markers()).toEqual([]);
});

test('a marker outlives the entry it was made for, and not for ever', async () => {
  const { clock, far, cacheOver } = make();
  const cache = cacheOver(far);
  await cache.set('a', 1, { tags: ['t'], ttl: 3 * 86_400_000 });
  const [marker = ''] = far.markers();
  expect((far.held.get(marker)?.expiresAt ?? 0) - clock.now()).toBe(6 * 86_400_000);
  await cache.set('b', 1, { tags: ['u'], ttl: 1000 });
  const other = far.markers().find((key) => key !== marker) ?? '';
  expect((far.held.get(other)?.expiresAt ?? 0) - clock.now()).toBe(86_401_000);
});

test('what is set before an invalidation goes, what is set after it stays, whoever waits for what', async () => {
  const { far, cacheOver } = make();
  const cache = cacheOver(far);
  const all = [
    cache.set('before', 1, { tags: ['t'] }),
    cache.invalidateTag('t'),
    cache.set('after', 2, { tags: ['t'] }),
    cache.clear(),
    cache.set('later', 3, { tags: ['t'] }),
    cache.invalidateTag('t'),
    cache.set('last', 4, { tags: ['t'] }),
  ];
  for (const each of all) await each;
  await cache.flush();
  const found = await Promise.all(['before', 'after', 'later', 'last'].map(async (key) => cache.get(key)));
  expect(found).toEqual([undefined, undefined, undefined, 4]);
});

test('writes with one tag at once share what it is worth: none is lost to another', async () => {
  const { far, cacheOver } = make();
  const cache = cacheOver(far);
  await Promise.all(Array.from({ length: 50 }, async (_, index) => cache.set(`k${index}`, index, { tags: ['t'] })));
  expect(far.markers()).toHaveLength(1);
  for (let index = 0; index < 50; index++) expect(await cache.get(`k${index}`)).toBe(index);
});

test('what was brought into a nearer tier is invalidated by whoever shares the farther one', async () => {
  const { near, far, cacheOver } = make();
  const here = cacheOver(near, far);
  const elsewhere = cacheOver(far);
  await elsewhere.set('a', 1, { tags: ['t'] });
  expect(await here.get('a')).toBe(1);
  await here.flush();
  expect(near.held.get('a')?.value).toBe(1);
  expect(await here.getEntry('a')).toMatchObject({ value: 1, tier: 'near' });
  await elsewhere.invalidateTag('t');
  expect(await here.get('a')).toBeUndefined();
});

test('while a tier is down, what the nearer one has is found, and what was invalidated meanwhile is not when it is back', async () => {
  const { clock, near, far, cacheOver } = make();
  const cache = cacheOver(near, far);
  await cache.set('a', 1, { tags: ['t'] });
  await cache.set('b', 2, { tags: ['u'] });
  far.state.down = true;
  expect(await cache.get('a')).toBe(1);
  await cache.invalidateTag('t');
  expect(await cache.get('a')).toBeUndefined();
  far.state.down = false;
  clock.advance(60_000);
  expect(await cache.get('b')).toBe(2);
  await cache.flush();
  expect(await cacheOver(far).get('a')).toBeUndefined();
  expect(await cache.get('b')).toBe(2);
});

test('whatever is evicted, an entry is never found after one of its tags was invalidated', async () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const tag = fc.constantFrom('x', 'y');
  const who = fc.nat(1);
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), who, key, tags: fc.uniqueArray(tag, { minLength: 1 }) }),
    fc.record({ do: fc.constant('invalidate' as const), who, tag }),
    fc.record({ do: fc.constant('delete' as const), who, key }),
    fc.record({ do: fc.constant('get' as const), who, key }),
    fc.record({ do: fc.constant('evict' as const), which: fc.nat(20), where: fc.constantFrom('near', 'far') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { near, far, cacheOver } = make();
      const caches = [cacheOver(near, far), cacheOver(far)];
      const model = new Map<string, { value: number; tags: readonly string[] }>();
      let next = 1;
      for (const each of steps) {
        if (each.do === 'evict') {
          const { held } = each.where === 'near' ? near : far;
          const keys = [...held.keys()];
          if (keys.length > 0) held.delete(keys[each.which % keys.length] ?? '');
          continue;
        }
        const cache = caches[each.who];
        if (each.do === 'set') {
          model.set(each.key, { value: next, tags: each.tags });
          // The other one’s nearer tier is told of keys by messages, which this tier has none of.
          near.held.delete(each.key);
          await cache?.set(each.key, next++, { tags: each.tags });
        } else if (each.do === 'delete') {
          model.delete(each.key);
          near.held.delete(each.key);
          await cache?.delete(each.key);
        } else if (each.do === 'invalidate') {
          for (const [name, { tags }] of model) if (tags.includes(each.tag)) model.delete(name);
          await cache?.invalidateTag(each.tag);
        } else {
          const found = await cache?.get(each.key);
          await cache?.flush();
          expect([undefined, model.get(each.key)?.value]).toContain(found);
        }
      }
    }),
    { numRuns: 300 },
  );
});

describe.skipIf(withoutRedis)('in Redis', () => {
  test('markers expire, and there are none for tags without entries', async () => {
    await using server = await startRedis();
    const client = new Redis(server.port, '127.0.0.1');
    const cache = new TieredCache({ memory: false, tiers: [redisTier({ client, invalidation: false })] });
    for (let index = 0; index < 50; index++) await cache.invalidateTag(`user:${index}`);
    expect(await client.dbsize()).toBe(0);
    await cache.set('a', 1, { tags: ['t'], ttl: 60_000 });
    const keys = await client.keys('*');
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
    await cache.close();
    client.disconnect();
  });
});
