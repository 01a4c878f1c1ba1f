import { Redis } from 'ioredis';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv6';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, test } from 'vitest';

import { type RedisServer, startRedis, withoutRedis } from '../../../test-support/redis-server.ts';
import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';
import { memoryTier, TtlLruCache } from '../src/index.ts';
import { KeyvMemoryStore, keyvTier } from '../src/keyv/index.ts';
import { redisTier } from '../src/redis/index.ts';
import { faultyTier, type MadeTier, ManualClock, tierContract } from '../src/testing/index.ts';

function timed(make: (clock: ManualClock) => MadeTier['tier']): () => MadeTier {
  return () => {
    // Redis goes by the real time as well, so the clock begins there.
    const clock = new ManualClock(Date.now());
    return { tier: make(clock), now: () => clock.now(), advance: (ms) => clock.advance(ms) };
  };
}

describe.each([
  ['memory', timed((clock) => memoryTier({ clock }))],
  ['file', timed((clock) => fileTier({ dir: folderOfTest(), clock }))],
  ['Keyv over a Map', timed((clock) => keyvTier(new Keyv(), { clock }))],
  ['Keyv 6 over a Map', timed((clock) => keyvTier(new Keyv6(), { clock }))],
  ['Keyv 6 over our memory store', timed((clock) => keyvTier(new Keyv6({ store: new KeyvMemoryStore() }), { clock }))],
  ['Keyv over our memory store', timed((clock) => keyvTier(new Keyv({ store: new KeyvMemoryStore() }), { clock }))],
  ['Keyv over the memory cache itself', timed((clock) => keyvTier(new Keyv({ store: new TtlLruCache() }), { clock }))],
  ['a faulty tier without faults', timed((clock) => faultyTier({ seed: 1, tier: memoryTier({ clock }) }))],
])('%s', (_name, make) => {
  for (const { name, run } of tierContract(make)) test(name, run);
});

describe.skipIf(withoutRedis)('a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  let prefix = 0;
  describe('through ioredis', () => {
    const make = async (): Promise<MadeTier> => {
      const client = new Redis(server.port, '127.0.0.1', { lazyConnect: true });
      await client.connect();
      const made = timed((clock) => redisTier({ client, clock, prefix: `a[${prefix++}]*:` }))();
      return { ...made, dispose: () => client.disconnect() };
    };
    for (const { name, run } of tierContract(make)) test(name, run);
  });

  describe('through redis', () => {
    const make = async (): Promise<MadeTier> => {
      const client = createClient({ url: `redis://127.0.0.1:${server.port}` });
      await client.connect();
      const made = timed((clock) => redisTier({ client, clock, prefix: `b[${prefix++}]*:` }))();
      return { ...made, dispose: () => client.destroy() };
    };
    for (const { name, run } of tierContract(make)) test(name, run);
  });
});
