import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { freePort, type RedisServer, startRedis, withoutRedis } from '../../../test-support/redis-server.ts';
import { type CacheEvent, TieredCache } from '../src/index.ts';
import { type RedisClient, redisTier } from '../src/redis/index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Waits for an event; unlike `once` of node:events it does not mind an `error` before it. */
function happens(client: Redis, event: 'ready' | 'close'): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}

function ioredis(port: number): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 });
  client.on('error', () => undefined);
  cleanups.push(() => client.disconnect());
  return client;
}

async function nodeRedis(port: number): Promise<RedisClient> {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.on('error', () => undefined);
  await client.connect();
  cleanups.push(() => client.destroy());
  return client;
}

/** A cache over a client, and a way to wait for one of its events. */
function cacheOver(client: RedisClient, options: object = {}) {
  const events: CacheEvent[] = [];
  const woken: (() => void)[] = [];
  const cache = new TieredCache<number>({
    tiers: [redisTier({ client })],
    onEvent: (event) => {
      events.push(event);
      for (const wake of woken.splice(0)) wake();
    },
    ...options,
  });
  cleanups.push(() => cache.close());
  const next = (): Promise<void> => new Promise((resolve) => woken.push(resolve));
  const event = async (type: CacheEvent['type']): Promise<CacheEvent> => {
    for (;;) {
      const found = events.find((each) => each.type === type);
      if (found !== undefined) return found;
      await next();
    }
  };
  return { cache, events, event, next };
}

/** How often memory was emptied because messages may have been missed. */
function missedIn(events: readonly CacheEvent[]): number {
  return events.filter((event) => event.type === 'tier-invalidated' && 'missed' in event.what).length;
}

test('a server that is not there costs a miss at once, not a wait', async () => {
  const client = new Redis(await freePort(), '127.0.0.1', { retryStrategy: () => 3_600_000 });
  client.on('error', () => undefined);
  await happens(client, 'close');
  const { cache, events } = cacheOver(client, { tierTimeout: Infinity });
  expect(await cache.getOrCompute('a', async () => 1)).toBe(1);
  await cache.flush();
  expect(events[0]).toMatchObject({ type: 'tier-error', error: { code: 'ERR_CACHE_TIER_UNAVAILABLE' } });
  client.disconnect();
});

test('a client that finds no server when it connects for the first time costs a miss, and does not hold the next one up', async () => {
  const client = new Redis(await freePort(), '127.0.0.1', { retryStrategy: () => 3_600_000 });
  client.on('error', () => undefined);
  const { cache, events } = cacheOver(client, { tierTimeout: Infinity, breaker: { failures: 1000 } });
  expect(await cache.getOrCompute('a', async () => 1)).toBe(1);
  expect(await cache.getOrCompute('b', async () => 2)).toBe(2);
  await cache.flush();
  const codes = events.map((event) =>
    event.type === 'tier-error' ? (event.error as { code: string }).code : event.type,
  );
  expect(new Set(codes)).toEqual(new Set(['ERR_CACHE_TIER_UNAVAILABLE']));
  client.disconnect();
});

test('a client of something else is refused', () => {
  expect(() => redisTier({ client: {} as RedisClient })).toThrow(expect.objectContaining({ code: 'ERR_CACHE_OPTION' }));
  const client = new Redis({ lazyConnect: true, keyPrefix: 'x:' });
  expect(() => redisTier({ client })).toThrow('give the tier a `prefix` instead');
});

describe.skipIf(withoutRedis)('with a real server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  const clients: [string, () => Promise<RedisClient>][] = [
    [
      'ioredis',
      async () => {
        const client = ioredis(server.port);
        await happens(client, 'ready');
        return client;
      },
    ],
    ['redis', () => nodeRedis(server.port)],
  ];

  test.each(clients)(
    '%s: two caches share values, and a change in one empties the memory of the other',
    async (_name, make) => {
      const one = cacheOver(await make());
      const two = cacheOver(await make());
      // Both are subscribed once a message of a third has arrived.
      const probe = ioredis(server.port);
      await happens(probe, 'ready');
      const ready = async (): Promise<void> => {
        const subscribed = async (): Promise<number> => {
          const reply = (await probe.pubsub('NUMSUB', 'orc:cache:changes')) as [string, number];
          return reply[1];
        };
        while ((await subscribed()) < 2);
      };
      await ready();
      await one.cache.set('a', 1);
      await two.event('tier-invalidated');
      expect(await two.cache.get('a')).toBe(1);
      expect(two.cache.get('a')).toBe(1);
      two.events.length = 0;
      await one.cache.set('a', 2);
      expect(await two.event('tier-invalidated')).toMatchObject({ what: { key: 'a' } });
      expect(await two.cache.get('a')).toBe(2);
      two.events.length = 0;
      await one.cache.clear();
      expect(await two.event('tier-invalidated')).toMatchObject({ what: { all: true } });
      expect(await two.cache.get('a')).toBeUndefined();
    },
  );

  test.each(['ioredis', 'ioredis, lazy', 'redis'])(
    '%s: who asks while the client connects for the first time is not turned away',
    async (name) => {
      const before = cacheOver(await nodeRedis(server.port));
      await before.cache.set('there', 1);
      let client: RedisClient;
      if (name === 'redis') {
        const made = createClient({ url: `redis://127.0.0.1:${server.port}` });
        void made.connect();
        cleanups.push(() => made.destroy());
        client = made;
      } else {
        const made = new Redis(server.port, '127.0.0.1', { lazyConnect: name.endsWith('lazy') });
        cleanups.push(() => made.disconnect());
        client = made;
      }
      const { cache, events } = cacheOver(client);
      expect(await cache.get('there')).toBe(1);
      expect(events).toEqual([]);
    },
  );

  test('the same key is computed once for two processes with a client each', async () => {
    const caches = await Promise.all(clients.map(async ([, make]) => cacheOver(await make()).cache));
    let calls = 0;
    const compute = async (): Promise<number> => {
      calls++;
      await new Promise((resolve) => setImmediate(resolve));
      return calls;
    };
    expect(await Promise.all(caches.map(async (cache) => cache.getOrCompute('once', compute)))).toEqual([1, 1]);
    expect(calls).toBe(1);
  });

  test('a value that somebody else put there is a miss and an event', async () => {
    const client = ioredis(server.port);
    await happens(client, 'ready');
    await client.set('orc:cache:entry:foreign', '{"not":"ours"}');
    const { cache, events } = cacheOver(client);
    expect(await cache.get('foreign')).toBeUndefined();
    expect(events).toMatchObject([{ type: 'entry-corrupt', key: 'foreign', reason: 'foreign' }]);
    expect(await client.exists('orc:cache:entry:foreign')).toBe(0);
  });

  test('an entry leaves Redis when it expires', async () => {
    const client = ioredis(server.port);
    await happens(client, 'ready');
    const { cache } = cacheOver(client);
    await cache.set('short', 1, { ttl: 60_000 });
    expect(await client.pttl('orc:cache:entry:short')).toBeGreaterThan(50_000);
  });

  test.each(['ioredis', 'redis'])(
    '%s: memory is emptied once when the server goes away, and not while it stays away',
    async (name) => {
      const own = await startRedis();
      cleanups.push(() => own.stop());
      const tried: (() => void)[] = [];
      const attempt = (): number => {
        for (const wake of tried.splice(0)) wake();
        return 5;
      };
      let client: RedisClient;
      if (name === 'ioredis') {
        const made = new Redis(own.port, '127.0.0.1', { retryStrategy: attempt });
        made.on('error', () => undefined);
        cleanups.push(() => made.disconnect());
        await happens(made, 'ready');
        client = made;
      } else {
        const socket = { host: '127.0.0.1', port: own.port, reconnectStrategy: attempt };
        const made = createClient({ socket });
        made.on('error', () => undefined);
        await made.connect();
        cleanups.push(() => made.destroy());
        client = made;
      }
      const { cache, events, event, next } = cacheOver(client);
      const probe = ioredis(own.port);
      await happens(probe, 'ready');
      while (((await probe.pubsub('NUMSUB', 'orc:cache:changes')) as [string, number])[1] < 1);
      // The server knows that somebody listens before the one who listens does: what it hears tells both.
      await probe.publish('orc:cache:changes', JSON.stringify({ from: 'elsewhere', key: 'b' }));
      await event('tier-invalidated');
      const heard = events.length;
      await own.kill();
      while (missedIn(events.slice(heard)) === 0) await next();
      await cache.set('a', 1);
      for (let times = 0; times < 20; times++) await new Promise<void>((resolve) => tried.push(resolve));
      expect(cache.get('a')).toBe(1);
      expect(missedIn(events)).toBe(1);
    },
  );

  test('a server that goes away is a miss, and is used again when it is back', async () => {
    const own = await startRedis();
    cleanups.push(() => own.stop());
    const client = ioredis(own.port);
    await happens(client, 'ready');
    const { cache, event } = cacheOver(client, { breaker: { failures: 1, cooldown: 1 } });
    await cache.set('a', 1);
    const gone = happens(client, 'close');
    await own.kill();
    await gone;
    expect(await cache.getOrCompute('b', async () => 2)).toBe(2);
    await event('tier-open');
    const back = happens(client, 'ready');
    await own.restart();
    await back;
    while ((await cache.getEntry('probe')) === undefined) {
      await cache.set('probe', 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await event('tier-close');
    // Its memory may be out of date: messages may have been missed meanwhile.
    expect(await event('tier-invalidated')).toMatchObject({ what: { missed: true } });
  });
});
