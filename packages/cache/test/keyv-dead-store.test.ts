import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv6';
import { describe, expect, test } from 'vitest';

import { type CacheEvent, TieredCache } from '../src/index.ts';
import { type KeyvLike, keyvTier } from '../src/keyv/index.ts';
import { ManualClock } from '../src/testing/index.ts';

/** A store that can be down. Keyv swallows what it throws then. */
class FlakyStore extends Map<string, unknown> {
  down = false;
  /** A key that cannot be read, whatever the rest does. */
  broken: string | undefined;

  override get(key: string): unknown {
    this.#check();
    if (this.broken !== undefined && key.includes(this.broken)) throw new Error('the store is down');
    return super.get(key);
  }

  override set(key: string, value: unknown): this {
    this.#check();
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#check();
    return super.delete(key);
  }

  override clear(): void {
    this.#check();
    super.clear();
  }

  override has(key: string): boolean {
    this.#check();
    return super.has(key);
  }

  #check(): void {
    if (this.down) throw new Error('the store is down');
  }
}

interface Emitting {
  on(event: 'error', listener: () => void): unknown;
}

describe.each<[string, (store: Map<string, unknown>) => KeyvLike & Emitting]>([
  ['Keyv 5', (store) => new Keyv({ store })],
  ['Keyv 6', (store) => new Keyv6({ store })],
])('with %s', (_version, makeKeyv) => {
  describe.each([
    ['and nobody else who listens', false],
    ['and a listener that keeps it silent', true],
  ])('%s', (_who, listens) => {
    function make() {
      const store = new FlakyStore();
      const keyv = makeKeyv(store);
      if (listens) keyv.on('error', () => undefined);
      const clock = new ManualClock(Date.now());
      const events: CacheEvent[] = [];
      const cache = new TieredCache<string>({
        memory: false,
        tiers: [keyvTier(keyv, { clock })],
        clock,
        breaker: { failures: 5, cooldown: 1000 },
        onEvent: (event) => events.push(event),
      });
      return { store, clock, cache, events };
    }

    test.each(['delete', 'clear', 'invalidateTag'] as const)(
      'a %s that a dead store missed is made up for, and until then nothing old is served',
      async (operation) => {
        const { store, cache, events } = make();
        await cache.set('secret', 'old', { tags: ['tag'] });
        store.down = true;
        if (operation === 'delete') await cache.delete('secret');
        else if (operation === 'clear') await cache.clear();
        else await cache.invalidateTag('tag');
        expect(events.filter(({ type }) => type === 'tier-error')).not.toHaveLength(0);
        store.down = false;
        expect(await cache.get('secret')).toBeUndefined();
        await cache.get('other');
        await cache.flush();
        const other = new TieredCache({ memory: false, tiers: [keyvTier(makeKeyv(store))] });
        expect(await other.get('secret')).toBeUndefined();
      },
    );

    test('a read that a dead store missed is an event and counts for the breaker', async () => {
      const { store, cache, events, clock } = make();
      await cache.set('a', 'value');
      store.down = true;
      for (let call = 0; call < 7; call++) expect(await cache.get('a')).toBeUndefined();
      expect(cache.stats().tiers['keyv']).toMatchObject({ errors: 5, skipped: 2, open: true });
      expect(events[0]).toMatchObject({
        type: 'tier-error',
        operation: 'get',
        key: 'a',
        error: { message: 'the store is down' },
      });
      store.down = false;
      clock.advance(1000);
      expect(await cache.get('a')).toBe('value');
    });

    test('an error that comes while another key is found takes nothing away from that', async () => {
      const { store, cache, events } = make();
      await cache.set('found', 'value');
      store.broken = 'lost';
      expect(await Promise.all([cache.get('lost'), cache.get('found')])).toEqual([undefined, 'value']);
      expect(events).toMatchObject([{ type: 'tier-error', operation: 'get', key: 'lost' }]);
    });
  });
});

test('the tier listens to a Keyv instance only while it asks it something', async () => {
  const listening: number[] = [];
  class Watched extends Map<string, unknown> {
    override get(key: string): unknown {
      listening.push(keyv.listeners('error').length);
      return super.get(key);
    }
  }
  const keyv = new Keyv({ store: new Watched() });
  const tier = keyvTier(keyv);
  await Promise.all([tier.get('a'), tier.get('b'), tier.get('c')]);
  expect(listening).toEqual([1, 1, 1]);
  expect(keyv.listeners('error')).toHaveLength(0);
});
