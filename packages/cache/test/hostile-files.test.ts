import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';
import { type CacheEvent, TieredCache } from '../src/index.ts';
import { ManualClock } from '../src/testing/index.ts';

const posix = process.platform !== 'win32';

async function make() {
  const dir = folderOfTest();
  const clock = new ManualClock(Date.now());
  const events: { reason: string }[] = [];
  const tier = fileTier({
    dir,
    clock,
    sweepInterval: Infinity,
    onEvent: (event) => {
      if (event.type === 'entry-corrupt') events.push(event);
    },
  });
  await tier.set('a', { value: 1, storedAt: clock.now(), expiresAt: Infinity, tags: ['t'], meta: { m: 1 } });
  const entries = join(dir, 'v1', 'entries');
  const [shard = ''] = readdirSync(entries);
  const [name = ''] = readdirSync(join(entries, shard));
  return { dir, clock, events, tier, path: join(entries, shard, name) };
}

/** A file with a right checksum over whatever its header and its value are. */
function forge(header: unknown, value: string): string {
  const head = typeof header === 'string' ? header : JSON.stringify(header);
  const body = `${head}\n${value}`;
  const digits = (number: number): string => number.toString(16).padStart(8, '0');
  return `orc-cache 1 ${digits(crc32(body))} ${digits(Buffer.byteLength(head))}\n${body}`;
}

const good = { key: 'a', storedAt: 1, expiresAt: null };

describe.each<[string, unknown, string]>([
  ['no header', 'null', '1'],
  ['a header that is a list', [], '1'],
  ['meta null', { ...good, meta: null }, '1'],
  ['meta a list', { ...good, meta: [] }, '1'],
  ['meta a text', { ...good, meta: 'm' }, '1'],
  ['tags null', { ...good, tags: null }, '1'],
  ['tags a text', { ...good, tags: 'tag' }, '1'],
  ['tags of numbers', { ...good, tags: [1] }, '1'],
  ['no time of storing', { key: 'a', expiresAt: null }, '1'],
  ['a time of storing that no date can tell', { ...good, storedAt: 1e300 }, '1'],
  ['a time of storing that is a text', { ...good, storedAt: '1' }, '1'],
  ['no time of expiry', { key: 'a', storedAt: 1 }, '1'],
  ['a time of expiry that is an object', { ...good, expiresAt: {} }, '1'],
  ['no value', good, ''],
  ['a value that is no JSON', good, '{'],
])('a file with a right checksum and %s', (_what, header, value) => {
  test('is a miss, an event, and set aside', async () => {
    const { tier, path, events } = await make();
    writeFileSync(path, forge(header, value));
    expect(await tier.get('a')).toBeUndefined();
    expect(events).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
    expect(await tier.stats()).toMatchObject({ entries: 0, corrupt: 1 });
  });

  test('is passed over by who goes through the entries, and set aside by a sweep', async () => {
    const { tier, path, clock } = await make();
    await tier.set('b', { value: 2, storedAt: clock.now(), expiresAt: Infinity });
    writeFileSync(path, forge(header, value));
    const keys: string[] = [];
    for await (const entry of tier.entries()) {
      keys.push(entry.key);
      expect(new Date(entry.storedAt).toISOString()).toBeTypeOf('string');
    }
    expect(keys).toContain('b');
    await tier.prune();
    expect((await tier.get('b'))?.value).toBe(2);
  });
});

test('an expiry beyond what a date can tell is none', async () => {
  const { tier, path, clock } = await make();
  writeFileSync(path, forge({ key: 'a', storedAt: clock.now(), expiresAt: 1e300 }, '"v"'));
  for await (const entry of tier.entries()) expect(entry.expiresAt).toBe(Infinity);
  expect((await tier.get('a'))?.value).toBe('v');
});

test('a file that says it was stored in a thousand years lives no longer than the tier lets it', async () => {
  const { tier, path, clock } = await make();
  writeFileSync(path, forge({ key: 'a', storedAt: clock.now() + 3e13, expiresAt: null }, '"v"'));
  expect((await tier.get('a'))?.expiresAt).toBe(clock.now() + 604_800_000);
});

test('a header that says it is gigabytes long, and a file that is, cost neither time nor memory', async () => {
  const { tier, path, events } = await make();
  writeFileSync(path, `orc-cache 1 00000000 ffffffff\n${'x'.repeat(10_000)}`);
  truncateSync(path, 2 ** 33);
  for await (const entry of tier.entries()) expect.unreachable(entry.key);
  await tier.prune();
  expect(events).toMatchObject([{ reason: 'header' }]);
  const other = await make();
  truncateSync(other.path, 2 ** 33);
  expect(await other.tier.get('a')).toBeUndefined();
  expect(other.events).toMatchObject([{ reason: 'size' }]);
});

describe.skipIf(!posix)('what is no file', () => {
  const inPlace: [string, (path: string, outside: string) => void][] = [
    ['a link to a file elsewhere', (path, outside) => symlinkSync(outside, path)],
    ['a link to an endless device', (path) => symlinkSync('/dev/zero', path)],
    ['a link to itself', (path) => symlinkSync(path, path)],
    ['a pipe', (path) => void spawnSync('mkfifo', [path])],
    ['a folder', (path) => mkdirSync(path)],
  ];

  test.each(inPlace)('%s in the place of an entry is a miss, never followed, never waited for', async (_what, put) => {
    const { tier, path, dir, clock, events } = await make();
    const outside = join(dirname(dir), `${basename(dir)}-outside`);
    // What is elsewhere would even be a good entry.
    renameSync(path, outside);
    put(path, outside);
    const before = readFileSync(outside, 'utf8');
    expect(await tier.get('a')).toBeUndefined();
    expect(events).toHaveLength(1);
    put(path, outside);
    for await (const entry of tier.entries()) expect.unreachable(entry.key);
    await tier.prune();
    put(path, outside);
    await tier.set('a', { value: 'new', storedAt: clock.now(), expiresAt: Infinity });
    expect((await tier.get('a'))?.value).toBe('new');
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(outside, 'utf8')).toBe(before);
    rmSync(outside);
  });

  test('a link in the place of a folder of entries is set aside: nothing is written, moved or removed through it', async () => {
    const { tier, path, dir, clock } = await make();
    const shard = dirname(path);
    const outside = `${dir}-home`;
    renameSync(shard, outside);
    writeFileSync(join(outside, 'letter.txt'), 'dear');
    symlinkSync(outside, shard);
    // A process that has not looked at the folder yet.
    const other = fileTier({ dir, clock, sweepInterval: Infinity });
    const before = readdirSync(outside);
    await other.prune();
    symlinkSync(outside, shard);
    expect(await other.get('a')).toBeUndefined();
    symlinkSync(outside, shard);
    const third = fileTier({ dir, clock, sweepInterval: Infinity });
    await third.set('a', { value: 'new', storedAt: clock.now(), expiresAt: Infinity });
    expect((await third.get('a'))?.value).toBe('new');
    rmSync(shard, { recursive: true });
    symlinkSync(outside, shard);
    expect(await fileTier({ dir, clock, sweepInterval: Infinity }).delete('a')).toBe(false);
    expect(readdirSync(outside)).toEqual(before);
    rmSync(outside, { recursive: true });
    await tier.close();
  });

  test.each(['v1', 'v1/entries', 'v1/tmp', 'v1/locks', 'v1/corrupt'])(
    'a link at %s is refused with words',
    async (part) => {
      const { tier, dir } = await make();
      await tier.close();
      const outside = `${dir}-${basename(part)}`;
      if (existsSync(join(dir, part))) renameSync(join(dir, part), outside);
      else mkdirSync(outside);
      symlinkSync(outside, join(dir, part));
      expect(() => fileTier({ dir })).toThrow(expect.objectContaining({ code: 'ERR_CACHE_DIR' }));
      expect(() => fileTier({ dir })).toThrow(/got a link/);
      rmSync(outside, { recursive: true });
    },
  );

  test('a link at the mark of the last sweep is replaced, and what it led to stays as it is', async () => {
    const { tier, dir } = await make();
    const outside = `${dir}-profile`;
    writeFileSync(outside, 'mine');
    symlinkSync(outside, join(dir, 'v1', 'swept'));
    await tier.prune();
    expect(readFileSync(outside, 'utf8')).toBe('mine');
    expect(lstatSync(join(dir, 'v1', 'swept')).isFile()).toBe(true);
    rmSync(outside);
  });

  test.each<[string, (path: string) => void]>([
    ['a pipe', (path) => void spawnSync('mkfifo', [path])],
    ['a link to an endless device', (path) => symlinkSync('/dev/zero', path)],
    ['a text that is none of ours', (path) => writeFileSync(path, '{"pid":"x","host":7}')],
  ])('%s in the place of a lock is taken over in its time', async (_what, put) => {
    const dir = folderOfTest();
    const tier = fileTier({ dir, lock: { staleAfter: 20 } });
    const first = await tier.lock('a');
    const [name = ''] = readdirSync(join(dir, 'v1', 'locks'));
    await first?.release();
    put(join(dir, 'v1', 'locks', name));
    const lock = await tier.lock('a');
    expect(lock).toBeDefined();
    await lock?.release();
    expect(readdirSync(join(dir, 'v1', 'locks'))).toEqual([]);
  });
});

test.skipIf(!posix)('a folder that others could look into is closed to them', async () => {
  const { tier, dir, path } = await make();
  await tier.close();
  const root = join(dir, 'v1');
  chmodSync(root, 0o755);
  const again = fileTier({ dir });
  expect(lstatSync(root).mode & 0o777).toBe(0o700);
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  await again.close();
});

test.skipIf(process.getuid?.() !== 0)('a folder of another user is refused with words', async () => {
  const { tier, dir } = await make();
  await tier.close();
  spawnSync('chown', ['-R', '4242', join(dir, 'v1')]);
  expect(() => fileTier({ dir })).toThrow(/another user \(4242\)/);
});

test('a hostile file never reaches who asks a TieredCache', async () => {
  const { dir, path } = await make();
  writeFileSync(path, forge({ ...good, meta: null }, '1'));
  const events: CacheEvent[] = [];
  const cache = new TieredCache({ tiers: [fileTier({ dir })], onEvent: (event) => events.push(event) });
  expect(await cache.getEntry('a')).toBeUndefined();
  expect(await cache.getOrCompute('a', async () => 2)).toBe(2);
  expect(events).toMatchObject([{ type: 'entry-corrupt', key: 'a', reason: 'shape' }]);
  await cache.close();
});
