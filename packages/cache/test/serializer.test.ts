import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';
import { type CacheEvent, compressed, type Serializer, TieredCache, v8Serializer } from '../src/index.ts';
import { keyvTier } from '../src/keyv/index.ts';
import { ManualClock, tierContract } from '../src/testing/index.ts';

const values: [string, unknown][] = [
  ['undefined', undefined],
  ['a Buffer', Buffer.from('bytes')],
  ['a Uint8Array', new Uint8Array([1, 2, 3])],
  ['a Date', new Date(1e12)],
  ['a Map', new Map([['a', { b: 1n }]])],
  ['a Set', new Set([1, 'two'])],
  ['a BigInt', 2n ** 70n],
  ['NaN and -0', [NaN, -0]],
  ['a member that is undefined', { a: undefined, b: 1 }],
];

const tiers: [string, (serializer?: Serializer) => ReturnType<typeof fileTier>][] = [
  ['a file tier', (serializer) => fileTier({ dir: folderOfTest(), serializer })],
  ['a Keyv tier', (serializer) => keyvTier(new Keyv(), { serializer }) as never],
];

describe.each(tiers)('%s', (_name, make) => {
  test.each(values)('with v8Serializer carries %s, also compressed', async (_what, value) => {
    for (const serializer of [v8Serializer, compressed({ serializer: v8Serializer, atLeast: 0 })]) {
      const cache = new TieredCache({ memory: false, tiers: [make(serializer)] });
      await cache.set('a', value);
      const entry = await cache.getEntry('a');
      expect(entry).toBeDefined();
      expect(entry?.value).toEqual(value);
      await cache.close();
    }
  });

  test.each(values)('without a serializer refuses %s where it is set, and sets nothing', async (_what, value) => {
    const events: CacheEvent[] = [];
    const cache = new TieredCache({ tiers: [make()], onEvent: (event) => events.push(event) });
    expect(() => cache.set('a', value)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_SERIALIZE' }));
    expect(await cache.get('a')).toBeUndefined();
    expect(events).toEqual([]);
    await cache.close();
  });

  test('a value that a serializer throws for is refused with its cause', async () => {
    const cache = new TieredCache({ tiers: [make(v8Serializer)] });
    expect(() => cache.set('a', () => 1)).toThrow(
      expect.objectContaining({
        code: 'ERR_CACHE_SERIALIZE',
        cause: expect.objectContaining({ message: expect.stringContaining('could not be cloned') }),
      }),
    );
    await cache.close();
  });
});

test('what another serializer has written, or nobody, is a miss and an event', async () => {
  const store = new Map<string, unknown>();
  const cacheOf = (serializer?: Serializer) => {
    const events: CacheEvent[] = [];
    const tier = keyvTier(new Keyv({ store }), { serializer });
    return { events, cache: new TieredCache({ memory: false, tiers: [tier], onEvent: (event) => events.push(event) }) };
  };
  const first = cacheOf();
  await first.cache.set('a', 'plain');
  const second = cacheOf(v8Serializer);
  expect(await second.cache.get('a')).toBeUndefined();
  await second.cache.set('a', new Map());
  const third = cacheOf(compressed());
  expect(await third.cache.get('a')).toBeUndefined();
  for (const { events } of [second, third])
    expect(events).toMatchObject([{ type: 'entry-corrupt', reason: 'serializer' }]);
  const broken = cacheOf({
    name: 'v8',
    serialize: () => 'not v8',
    deserialize: (text) => v8Serializer.deserialize(text),
  });
  await broken.cache.set('a', 1);
  expect(await broken.cache.get('a')).toBeUndefined();
  expect(broken.events).toMatchObject([{ type: 'entry-corrupt', reason: 'value' }]);
});

test('a compressed text takes less room, a short one none at all, and a forged one fills no memory', () => {
  const small = compressed({ atLeast: 100, maxBytes: 100_000 });
  const long = { text: 'again and '.repeat(1000) };
  expect(small.serialize(long).length).toBeLessThan(JSON.stringify(long).length / 10);
  expect(small.deserialize(small.serialize(long))).toEqual(long);
  expect(small.serialize('short')).toBe('="short"');
  const bomb = compressed({ atLeast: 0 }).serialize('0'.repeat(10_000_000));
  expect(() => small.deserialize(bomb)).toThrow();
});

test.each([[{ name: 'x' }], [{ serialize: () => '', deserialize: () => 1 }], ['v8']])(
  '%o is no serializer',
  (serializer) => {
    expect(() => keyvTier(new Keyv(), { serializer: serializer as never })).toThrow(
      expect.objectContaining({ code: 'ERR_CACHE_OPTION' }),
    );
  },
);

describe('the contract holds with a serializer', () => {
  const make = () => {
    const clock = new ManualClock(Date.now());
    const tier = fileTier({ dir: folderOfTest(), clock, serializer: compressed({ serializer: v8Serializer }) });
    return { tier, now: () => clock.now(), advance: (ms: number) => clock.advance(ms) };
  };
  for (const { name, run } of tierContract(make)) test(name, run);
});
