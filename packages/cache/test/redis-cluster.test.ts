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
    /** Waits until so many events of a kind have been told. */
    const heard = async (count: number, found: (what: object) => boolean): Promise<void> => {
      const told = (): number =>
        events.filter((event) => event.type === 'tier-invalidated' && found(event.what)).length;
      while (told() < count) await new Promise<void>((resolve) => woken.push(resolve));
    };
    return { cache, heard };
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
    // Connects it, so that it hears of what comes.
    await two.cache.get('nothing');
    for (let index = 0; index < 12; index++) await one.cache.set(`k${index}`, index);
    await two.heard(12, (what) => 'key' in what);
    for (let index = 0; index < 12; index++) expect(await two.cache.get(`k${index}`)).toBe(index);
    // Told only when it is done: who hears of it reads at once, maybe from another node than the message came through.
    for (let index = 0; index < 12; index++) {
      const forgotten = two.heard(13 + index, (what) => 'key' in what).then(() => two.cache.get(`k${index}`));
      await one.cache.delete(`k${index}`);
      expect(await forgotten).toBeUndefined();
    }
    await one.cache.set('k', 1);
    await two.heard(25, (what) => 'key' in what);
    expect(await two.cache.get('k')).toBe(1);
    await one.cache.clear();
    await two.heard(1, (what) => 'all' in what);
    expect(await two.cache.get('k')).toBeUndefined();
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
    const { cache, heard } = cacheOver(client, 'moved:');
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
    await own.nodes.find((node) => node.port === port)?.kill();
    // As it stops hearing, and as it begins to on another node.
    await heard(2, (what) => 'missed' in what);
  }, 30_000);
});

test('a Cluster with a keyPrefix is refused with words', () => {
  const client = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true, keyPrefix: 'x:' });
  expect(() => redisTier({ client })).toThrow(/keyPrefix/);
});
