import { describe, expect, test } from 'vitest';

import { type CacheEvent, memoryTier, type Tier, TieredCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

type Call = 'get' | 'set' | 'delete' | 'clear' | 'lock';

/** A tier of which some calls fail, as of a disk that is full. */
function make(failing: Set<Call>) {
  const clock = new ManualClock();
  const inner = memoryTier<string>({ clock });
  const calls: Call[] = [];
  const call = async <T>(name: Call, run: () => T | Promise<T>): Promise<T> => {
    calls.push(name);
    if (failing.has(name)) throw Object.assign(new Error(`no ${name}`), { code: 'ENOSPC' });
    return run();
  };
  const tier: Tier<string> = {
    name: 'disk',
    get: (key) => call('get', () => inner.get(key)),
    set: (key, entry) => call('set', () => inner.set(key, entry)),
    delete: (key) => call('delete', () => inner.delete(key)),
    clear: () => call('clear', () => inner.clear()),
    close: () => inner.close(),
    lock: () => call('lock', () => ({ release: async () => undefined })),
  };
  const events: CacheEvent[] = [];
  const cache = new TieredCache<string>({
    memory: false,
    tiers: [tier],
    clock,
    breaker: { failures: 3, cooldown: 1000 },
    onEvent: (event) => events.push(event),
  });
  return { cache, clock, calls, events };
}

describe.each<[string, Call[], readonly string[]]>([
  ['writes', ['set', 'delete', 'clear'], ['write']],
  ['locks', ['lock'], ['lock']],
  ['writes and locks', ['set', 'delete', 'clear', 'lock'], ['lock', 'write']],
])('while %s fail', (_what, fail, opened) => {
  test('everything that is stored is found, however many there were', async () => {
    const failing = new Set<Call>();
    const { cache, events } = make(failing);
    for (let index = 0; index < 20; index++) await cache.set(`paid ${index}`, `answer ${index}`);
    for (const call of fail) failing.add(call);
    for (let index = 0; index < 20; index++) await cache.getOrCompute(`new ${index}`, async () => 'computed');
    await cache.flush();
    const again: string[] = [];
    for (let index = 0; index < 20; index++) {
      await cache.getOrCompute(`paid ${index}`, async () => {
        again.push(`paid ${index}`);
        return 'again';
      });
    }
    expect(again).toEqual([]);
    expect(
      [...new Set(events.flatMap((event) => (event.type === 'tier-open' ? event.access : [])))].toSorted(),
    ).toEqual(opened);
  });
});

test('while reads fail, writes reach the tier', async () => {
  const failing = new Set<Call>(['get']);
  const { cache, calls, events } = make(failing);
  for (let index = 0; index < 10; index++) await cache.get('a');
  expect(events.filter(({ type }) => type === 'tier-open')).toMatchObject([{ access: 'read' }]);
  await cache.set('a', 'written');
  expect(calls.at(-1)).toBe('set');
  expect(cache.stats().tiers['disk']).toMatchObject({ open: true, sets: 1 });
});

test('each kind of call is asked for again by itself, and each says so', async () => {
  const failing = new Set<Call>(['set', 'delete']);
  const { cache, clock, events } = make(failing);
  for (let index = 0; index < 5; index++) await cache.set(`k${index}`, 'v');
  failing.clear();
  clock.advance(1000);
  await cache.get('other');
  await cache.flush();
  const kinds = events.filter(({ type }) => type === 'tier-open' || type === 'tier-close');
  expect(kinds).toMatchObject([
    { type: 'tier-open', access: 'write' },
    { type: 'tier-close', access: 'write' },
  ]);
  expect(cache.stats().tiers['disk']).toMatchObject({ open: false });
});

test('a value that failing writes have put out of date is not found meanwhile', async () => {
  const failing = new Set<Call>();
  const { cache, clock } = make(failing);
  await cache.set('changed', 'old');
  await cache.set('deleted', 'old');
  await cache.set('kept', 'old');
  failing.add('set').add('delete');
  await cache.set('changed', 'new');
  await cache.delete('deleted');
  for (let round = 0; round < 5; round++) {
    expect(await cache.get('changed')).toBeUndefined();
    expect(await cache.get('deleted')).toBeUndefined();
    expect(await cache.get('kept')).toBe('old');
    clock.advance(500);
  }
  failing.clear();
  clock.advance(60_000);
  await cache.get('kept');
  await cache.flush();
  expect(await cache.get('deleted')).toBeUndefined();
});
