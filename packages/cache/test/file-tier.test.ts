import { readdirSync, readFileSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier, type FileTierEvent } from '../src/file/index.ts';
import { type CacheEvent, TieredCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .toSorted();
}

function make(options: object = {}) {
  const dir = folderOfTest();
  const clock = new ManualClock(Date.now());
  const events: FileTierEvent[] = [];
  const onEvent = (event: FileTierEvent): void => void events.push(event);
  const tier = fileTier({ dir, clock, onEvent, sweepInterval: Infinity, ...options });
  const entry = (value: unknown, life = 60_000) => ({ value, storedAt: clock.now(), expiresAt: clock.now() + life });
  return { dir, clock, events, tier, entry, files: () => filesIn(join(dir, 'v1', 'entries')) };
}

describe('on disk', () => {
  test('no part of a key becomes a path, and only the owner can read', async () => {
    const { tier, entry, files, dir } = make();
    await tier.set('../../etc/passwd', entry(1));
    const [file = ''] = files();
    expect(file.slice(dir.length)).toMatch(/v1.entries.[0-9a-f]{2}.[0-9a-f]{62}$/);
    if (process.platform !== 'win32') {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(join(dir, 'v1', 'entries')).mode & 0o777).toBe(0o700);
    }
  });

  test('small values are there when set returns, large ones when its promise resolves', async () => {
    const { tier, entry } = make();
    expect(tier.set('small', entry({ a: 1 }))).toBeUndefined();
    expect(tier.get('small')).toMatchObject({ value: { a: 1 } });
    const large = 'x'.repeat(300_000);
    const setting = tier.set('large', entry(large));
    expect(setting).toBeInstanceOf(Promise);
    await setting;
    const getting = tier.get('large');
    expect(getting).toBeInstanceOf(Promise);
    expect((await getting)?.value).toBe(large);
  });

  test('nothing is left of a write but its entry', async () => {
    const { tier, entry, dir } = make();
    for (let index = 0; index < 10; index++) await tier.set('a', entry('x'.repeat(index * 20_000)));
    expect(filesIn(dir)).toHaveLength(1);
  });

  test('another tier on the same folder sees it', async () => {
    const { tier, entry, dir, clock } = make();
    await tier.set('a', entry(1));
    expect(fileTier({ dir, clock }).get('a')).toMatchObject({ value: 1 });
  });

  test('a folder that cannot be made is an error with a code', () => {
    const file = join(folderOfTest(), 'file');
    writeFileSync(file, '');
    expect(() => fileTier({ dir: file })).toThrow(expect.objectContaining({ code: 'ERR_CACHE_DIR' }));
  });
});

describe('what JSON cannot carry is refused, not bent:', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['an undefined member', { a: undefined }],
    ['NaN', [Number.NaN]],
    ['-0', -0],
    ['a Date', { at: new Date(0) }],
    ['a Map', new Map()],
    ['a BigInt', 1n],
    ['a function', { a: () => 1 }],
    [
      'a class instance',
      new (class Point {
        readonly x = 1;
      })(),
    ],
    ['a cycle', cyclic],
  ])('%s', (_name, value) => {
    const { tier, entry, files } = make();
    expect(() => tier.set('a', entry(value))).toThrow(expect.objectContaining({ code: 'ERR_CACHE_SERIALIZE' }));
    expect(files()).toEqual([]);
  });

  test('and so is one that is nested too deeply', async () => {
    const { tier, entry } = make();
    let deep: unknown[] = [];
    for (let level = 0; level < 20_000; level++) deep = [deep];
    await expect((async () => tier.set('a', entry(deep)))()).rejects.toMatchObject({ code: 'ERR_CACHE_SERIALIZE' });
  });

  test('and for a TieredCache that is an event; the value lives in memory', async () => {
    const events: CacheEvent[] = [];
    const cache = new TieredCache<unknown>({
      tiers: [fileTier({ dir: folderOfTest() })],
      onEvent: (event) => events.push(event),
    });
    expect(await cache.getOrCompute('a', async () => new Date(0))).toEqual(new Date(0));
    await cache.flush();
    expect(cache.get('a')).toEqual(new Date(0));
    expect(events).toMatchObject([{ type: 'tier-error', operation: 'set', error: { code: 'ERR_CACHE_SERIALIZE' } }]);
    await cache.close();
  });
});

describe('a file that cannot be read is a miss and an event, and is set aside:', () => {
  const damage: Record<string, (file: string) => void> = {
    empty: (file) => truncateSync(file, 0),
    truncated: (file) => truncateSync(file, statSync(file).size - 3),
    'cut in its prefix': (file) => truncateSync(file, 10),
    'one byte changed': (file) => {
      const bytes = readFileSync(file);
      const at = bytes.length - 4;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
    'longer than it was': (file) => writeFileSync(file, `${readFileSync(file, 'utf8')} `),
    foreign: (file) => writeFileSync(file, JSON.stringify({ hello: 'world' })),
    'of a later version': (file) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('orc-cache 1', 'orc-cache 2')),
    zeros: (file) => writeFileSync(file, Buffer.alloc(500)),
  };
  test.each(Object.entries(damage))('%s', async (_name, harm) => {
    const { tier, entry, files, events, dir } = make();
    await tier.set('a', entry({ text: 'some value' }));
    const [file = ''] = files();
    harm(file);
    expect(await tier.get('a')).toBeUndefined();
    expect(events).toMatchObject([{ type: 'entry-corrupt', key: 'a' }]);
    expect(files()).toEqual([]);
    expect(filesIn(join(dir, 'v1', 'corrupt'))).toHaveLength(1);
    expect(await tier.stats()).toMatchObject({ entries: 0, corrupt: 1 });
    await tier.set('a', entry(2));
    expect(await tier.get('a')).toMatchObject({ value: 2 });
  });

  test('the file of another key', async () => {
    const { tier, entry, files, events } = make();
    await tier.set('a', entry(1));
    const [of = ''] = files();
    await tier.set('b', entry(2));
    const other = files().find((file) => file !== of) ?? '';
    renameSync(of, other);
    expect(await tier.get('b')).toBeUndefined();
    expect(events).toMatchObject([{ type: 'entry-corrupt', key: 'b', reason: 'key' }]);
  });

  test('and a TieredCache passes the event on', async () => {
    const dir = folderOfTest();
    const events: CacheEvent[] = [];
    const cache = new TieredCache({
      memory: false,
      tiers: [fileTier({ dir })],
      onEvent: (event) => events.push(event),
    });
    await cache.set('a', 1);
    for (const file of filesIn(join(dir, 'v1', 'entries'))) truncateSync(file, 5);
    expect(await cache.getOrCompute('a', () => 2)).toBe(2);
    expect(events).toMatchObject([{ type: 'entry-corrupt', tier: 'file', key: 'a', reason: 'truncated' }]);
    await cache.close();
  });
});

describe('entries', () => {
  test('lists what is there without the values', async () => {
    const { tier, entry, clock } = make();
    await tier.set('a', {
      ...entry({ big: 'x'.repeat(100_000) }),
      tags: ['t'],
      meta: { phase: 'outline', long: 'y'.repeat(20_000) },
    });
    await tier.set('b', { value: 1, storedAt: clock.now(), expiresAt: Infinity });
    const listed = [];
    for await (const each of tier.entries()) listed.push(each);
    listed.sort((one, other) => one.key.localeCompare(other.key));
    expect(listed).toMatchObject([
      { key: 'a', storedAt: clock.now(), tags: ['t'], meta: { phase: 'outline' }, expiresAt: clock.now() + 60_000 },
      { key: 'b', tags: [], meta: undefined, expiresAt: clock.now() + 604_800_000 },
    ]);
    expect(listed[0]?.bytes).toBeGreaterThan(120_000);
    expect(await tier.stats()).toMatchObject({ entries: 2, bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0) });
  });
});

describe('prune', () => {
  test('removes what has expired, by its own time or by that of the tier', async () => {
    const { tier, entry, clock } = make({ ttl: 10_000 });
    await tier.set('short', entry(1, 1000));
    await tier.set('ever', { value: 1, storedAt: clock.now(), expiresAt: Infinity });
    clock.advance(1000);
    expect((await tier.prune()).removed).toBe(1);
    clock.advance(9000);
    expect(await tier.get('ever')).toBeUndefined();
    expect((await tier.prune()).removed).toBe(1);
    expect(await tier.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test('keeps to maxBytes, the least recently used go first', async () => {
    const { tier, entry, files } = make({ maxBytes: 100_000 });
    for (let index = 0; index < 20; index++) await tier.set(`k${index}`, entry('x'.repeat(10_000)));
    // An hour ago all of them, but two.
    const hourAgo = Date.now() / 1000 - 3600;
    const [one, two, ...others] = files();
    for (const file of others) utimesSync(file, hourAgo, hourAgo);
    const { removed, bytes } = await tier.prune();
    expect(removed).toBeGreaterThanOrEqual(11);
    expect(bytes).toBeGreaterThan(100_000);
    const { bytes: left } = await tier.stats();
    expect(left).toBeLessThanOrEqual(90_000);
    expect(files()).toEqual(expect.arrayContaining([one, two]));
  });

  test('keeps to maxAge, counted from the last use', async () => {
    const { tier, entry, files, clock } = make({ maxAge: 60_000 });
    await tier.set('a', entry(1, 1e9));
    await tier.set('b', entry(1, 1e9));
    const old = (clock.now() - 61_000) / 1000;
    utimesSync(files()[0] ?? '', old, old);
    expect((await tier.prune()).removed).toBe(1);
    expect(files()).toHaveLength(1);
  });

  test('removes what killed processes have left, and sets corrupt files aside', async () => {
    const { tier, entry, dir, files, events } = make();
    const left = [join(dir, 'v1', 'tmp', 'dead.tmp'), join(dir, 'v1', 'locks', 'dead.lock')];
    const day = Date.now() / 1000 - 86_400;
    for (const file of left) {
      writeFileSync(file, 'left');
      utimesSync(file, day, day);
    }
    const young = join(dir, 'v1', 'tmp', 'alive.tmp');
    writeFileSync(young, 'being written');
    await tier.set('a', entry(1));
    truncateSync(files()[0] ?? '', 3);
    await tier.prune();
    expect(filesIn(join(dir, 'v1', 'tmp'))).toEqual([young]);
    expect(filesIn(join(dir, 'v1', 'locks'))).toEqual([]);
    expect(events).toMatchObject([{ type: 'entry-corrupt', reason: 'truncated' }]);
  });
});

test('a clear ends while others keep writing, and leaves nothing of before', async () => {
  const { dir, tier, entry, files } = make();
  const other = fileTier({ dir, sweepInterval: Infinity });
  for (let index = 0; index < 300; index++) await tier.set(`old-${index}`, entry('old'));
  const stop = new AbortController();
  const writer = (async () => {
    for (let index = 0; !stop.signal.aborted; index++) {
      await other.set(`new-${index % 300}`, entry('new'));
      if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let round = 0; round < 20; round++) await tier.clear();
  stop.abort();
  await writer;
  for (let index = 0; index < 300; index++) expect(await tier.get(`old-${index}`)).toBeUndefined();
  await tier.clear();
  await Promise.all([tier.close(), other.close()]);
  expect(files()).toEqual([]);
  expect(filesIn(join(dir, 'v1', 'tmp'))).toEqual([]);
});

test('a sweep in the background runs when its time has come, and not again right after another process did', async () => {
  const ended = (events: FileTierEvent[]) => events.filter(({ type }) => type === 'sweep-end').length;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  const { dir, tier, clock, events, entry } = make({ sweepInterval: 60_000 });
  await tier.set('a', entry(1, 10));
  clock.advance(1000);
  await until(() => ended(events) === 1);
  expect(await tier.stats()).toMatchObject({ entries: 0 });
  const others: FileTierEvent[] = [];
  const other = fileTier({ dir, clock, sweepInterval: 60_000, onEvent: (event) => others.push(event) });
  clock.advance(1000);
  await until(() => clock.pending >= 2);
  expect(ended(others)).toBe(0);
  await tier.close();
  await other.close();
  expect(clock.pending).toBe(0);
});

test('a sweep by a clock that has been set back since puts no other off', async () => {
  const { dir, tier, clock, events } = make({ sweepInterval: 60_000 });
  await tier.prune();
  const nextYear = new Date(clock.now() + 3.2e10);
  utimesSync(join(dir, 'v1', 'swept'), nextYear, nextYear);
  clock.advance(1000);
  while (!events.some(({ type }) => type === 'sweep-end')) await new Promise((resolve) => setImmediate(resolve));
  expect(events).toHaveLength(1);
});

test('much writing brings the sweep forward', async () => {
  const { tier, entry, events } = make({ maxBytes: 200_000, sweepInterval: 1e9 });
  for (let index = 0; index < 60; index++) await tier.set(`k${index}`, entry('x'.repeat(10_000)));
  while (!events.some(({ type }) => type === 'sweep-end')) await new Promise((resolve) => setImmediate(resolve));
  await tier.close();
  const { bytes } = await tier.stats();
  expect(bytes).toBeLessThan(610_000);
});
