import { Cluster } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { type RedisCluster, startRedisCluster } from '../../../test-support/redis-cluster.ts';
import { withoutRedis } from '../../../test-support/redis-server.ts';
import { type CacheEvent, TieredCache } from '../src/index.ts';
import { redisTier } from '../src/redis/index.ts';
import { type MadeTier, ManualClock, tierContract } from '../src/testing/index.ts';

describe.skipIf(withoutRedis)('a Redis Cluster through ioredis', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 30_000);
  afterAll(() => cluster.stop());

  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  function connect(): Cluster {
    const client = new Cluster([...cluster.addresses], { clusterRetryStrategy: () => 50 });
    client.on('error', () => undefined);
    cleanups.push(() => client.disconnect());
    return client;
  }

  function cacheOver(client: Cluster, prefix: string) {
    const events: CacheEvent[] = [];
    const woken: (() => void)[] = [];
    const cache = new TieredCache<number>({
      tiers: [redisTier({ client, prefix })],
      onEvent: (event) => {
        events.push(event);
        for (const wake of woken.splice(0)) wake();
      },
    });
    cleanups.push(() => cache.close());
    const until = async (found: (event: CacheEvent) => boolean): Promise<void> => {
      while (!events.some(found)) await new Promise<void>((resolve) => woken.push(resolve));
    };
    return { cache, events, until };
  }

  let prefix = 0;
  describe('keeps the contract', () => {
    const make = (): MadeTier => {
      const clock = new ManualClock(Date.now());
      const client = new Cluster([...cluster.addresses]);
      return {
        tier: redisTier({ client, clock, prefix: `contract[${prefix++}]*:` }),
        now: () => clock.now(),
        advance: (ms) => clock.advance(ms),
        dispose: () => client.disconnect(),
      };
    };
    for (const { name, run } of tierContract(make)) test(name, run);
  });

  test('clear empties every node, and of its own keys only', async () => {
    const client = connect();
    const tier = redisTier({ client, prefix: 'mine:' });
    const other = redisTier({ client, prefix: 'other:' });
    cleanups.push(
      () => tier.close(),
      () => other.close(),
    );
    const keys = Array.from({ length: 60 }, (_, index) => `k${index}`);
    const entry = { value: 1, storedAt: Date.now(), expiresAt: Infinity };
    for (const each of [tier, other]) await Promise.all(keys.map(async (key) => each.set(key, entry)));
    expect((await tier.getMany?.(keys))?.size).toBe(60);
    const filled = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
    expect(filled.every((size) => size > 0)).toBe(true);
    await tier.clear();
    expect((await tier.getMany?.(keys))?.size).toBe(0);
    expect((await other.getMany?.(keys))?.size).toBe(60);
  });

  test('what one process changes, another forgets', async () => {
    const one = cacheOver(connect(), 'told:');
    const two = cacheOver(connect(), 'told:');
    for (let index = 0; index < 12; index++) await one.cache.set(`k${index}`, index);
    for (let index = 0; index < 12; index++) expect(await two.cache.get(`k${index}`)).toBe(index);
    await one.cache.delete('k3');
    await two.until((event) => event.type === 'tier-invalidated' && 'key' in event.what && event.what.key === 'k3');
    expect(await two.cache.get('k3')).toBeUndefined();
    await one.cache.clear();
    await two.until((event) => event.type === 'tier-invalidated' && 'all' in event.what);
    for (let index = 0; index < 12; index++) expect(await two.cache.get(`k${index}`)).toBeUndefined();
  });

  test('a key is computed once for two processes', async () => {
    const one = cacheOver(connect(), 'locked:').cache;
    const two = cacheOver(connect(), 'locked:').cache;
    let computed = 0;
    const compute = async (): Promise<number> => {
      computed++;
      await new Promise((resolve) => setImmediate(resolve));
      return 7;
    };
    expect(await Promise.all([one.getOrCompute('a', compute), two.getOrCompute('a', compute)])).toEqual([7, 7]);
    expect(computed).toBe(1);
  });

  test('when the node that is listened to goes, another is, and what may have been missed is forgotten', async () => {
    const own = await startRedisCluster();
    cleanups.push(() => own.stop());
    const client = new Cluster([...own.addresses], { clusterRetryStrategy: () => 50 });
    client.on('error', () => undefined);
    cleanups.push(() => client.disconnect());
    const { cache, events, until } = cacheOver(client, 'moved:');
    await cache.set('a', 1);
    const listening = async (): Promise<number[]> => {
      const numbers = await Promise.all(
        client.nodes('master').map(async (node) => {
          const reply = (await node.call('PUBSUB', 'NUMSUB', 'moved:changes')) as [string, number];
          return reply[1] === 1 ? (node.options.port ?? 0) : 0;
        }),
      );
      return numbers.filter((port) => port > 0);
    };
    const [port] = await listening();
    const missed = (): number =>
      events.filter((event) => event.type === 'tier-invalidated' && 'missed' in event.what).length;
    const before = missed();
    await own.nodes.find((node) => node.port === port)?.kill();
    await until(() => missed() >= before + 2);
  }, 30_000);
});

test('a Cluster with a keyPrefix is refused with words', () => {
  const client = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true, keyPrefix: 'x:' });
  expect(() => redisTier({ client })).toThrow(/keyPrefix/);
});
