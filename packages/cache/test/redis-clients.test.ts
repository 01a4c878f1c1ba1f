import { Redis } from 'ioredis';
import { createClientPool, createCluster, createSentinel } from 'redis';
import { describe, expect, test } from 'vitest';

import { deferred } from '../../../test-support/deferred.ts';
import { startRedis, withoutRedis } from '../../../test-support/redis-server.ts';
import { type CacheEvent, TieredCache } from '../src/index.ts';
import { type RedisClient, redisTier } from '../src/redis/index.ts';

test.each<[string, () => unknown, RegExp]>([
  [
    'a cluster of redis',
    () => createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] }),
    /got a cluster .*ioredis/,
  ],
  ['a pool of redis', () => createClientPool(), /got a pool/],
  [
    'a sentinel of redis',
    () => createSentinel({ name: 'm', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] }),
    /got a sentinel/,
  ],
  ['something like a client of redis', () => ({ sendCommand: async () => 'OK' }), /isReady/],
  ['something like a client of ioredis', () => ({ call: async () => 'OK' }), /got object/],
  ['nothing', () => undefined, /got `undefined`/],
  ['null', () => null, /got `null`/],
  ['a url', () => 'redis://127.0.0.1', /got `"redis:/],
])('%s is refused at once, with words', (_what, make, message) => {
  const client = make() as RedisClient;
  let thrown: unknown;
  try {
    redisTier({ client });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'ERR_CACHE_OPTION', message: expect.stringMatching(message) });
});

test.each([
  [true, 'when it is made: the message may come through another node'],
  [false, 'in one go'],
])('where isCluster is %s, others are told of a change %s', async (isCluster) => {
  const sent: string[] = [];
  const made = deferred<unknown>();
  const client = {
    isCluster,
    status: 'ready',
    call: async (command: string): Promise<unknown> => {
      sent.push(command);
      return command === 'DEL' ? made.promise : 1;
    },
    duplicate: () => client,
    nodes: () => [],
    on: () => client,
  };
  const tier = redisTier({ client });
  const deleted = tier.delete('a');
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toEqual(isCluster ? ['DEL'] : ['DEL', 'PUBLISH']);
  made.resolve(1);
  expect(await deleted).toBe(true);
  expect(sent).toEqual(['DEL', 'PUBLISH']);
});

describe.skipIf(withoutRedis)('a Redis that refuses writes', () => {
  test('for want of memory, still serves what it has', async () => {
    await using server = await startRedis(['--maxmemory-policy', 'noeviction']);
    const client = new Redis(server.port, '127.0.0.1');
    const events: CacheEvent[] = [];
    const cache = new TieredCache<number>({
      memory: false,
      tiers: [redisTier({ client })],
      breaker: { failures: 5, cooldown: 60_000 },
      onEvent: (event) => events.push(event),
    });
    for (let index = 0; index < 20; index++) await cache.set(`paid ${index}`, index);
    await client.call('CONFIG', 'SET', 'maxmemory', '1');
    await Promise.all(Array.from({ length: 20 }, async (_, index) => cache.getOrCompute(`new ${index}`, () => -1)));
    await cache.flush();
    expect(events.some((event) => event.type === 'tier-open' && event.access === 'write')).toBe(true);
    for (let index = 0; index < 20; index++) {
      expect(await cache.getOrCompute(`paid ${index}`, async () => -1)).toBe(index);
    }
    await cache.close();
    client.disconnect();
  });

  test('as a replica does, makes of a damaged entry a miss', async () => {
    await using server = await startRedis();
    const client = new Redis(server.port, '127.0.0.1');
    await client.set('orc:cache:entry:a', 'not ours');
    await client.call('REPLICAOF', '127.0.0.1', '1');
    const events: CacheEvent[] = [];
    const cache = new TieredCache({
      memory: false,
      tiers: [redisTier({ client, invalidation: false })],
      onEvent: (event) => events.push(event),
    });
    for (let round = 0; round < 10; round++) expect(await cache.get('a')).toBeUndefined();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['entry-corrupt']));
    await cache.close();
    client.disconnect();
  });
});
