import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';
import { type Tier, TieredCache, TtlLruCache } from '../src/index.ts';

/** What would end a process without vitest. */
const unheard: unknown[] = [];
const note = (error: unknown): void => void unheard.push(error);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  unheard.length = 0;
  for (const event of ['unhandledRejection', 'uncaughtException']) process.on(event, note);
});
afterEach(async () => {
  await turn();
  for (const event of ['unhandledRejection', 'uncaughtException']) process.off(event, note);
  expect(unheard).toEqual([]);
});

const failure = new Error('of a callback');
const ways = [
  [
    'throws',
    (): never => {
      throw failure;
    },
  ],
  [
    'rejects',
    async (): Promise<never> => {
      throw failure;
    },
  ],
] as const;

test.each(ways)('what onRemove %s goes to onError, and nothing ends', async (_how, onRemove) => {
  const reported: [unknown, unknown][] = [];
  const cache = new TtlLruCache<string, number>({
    maxSize: 1,
    onRemove,
    onError: (error, key) => reported.push([error, key]),
  });
  cache.set('a', 1).set('b', 2);
  cache.delete('b');
  await turn();
  expect(reported).toEqual([
    [failure, 'a'],
    [failure, 'b'],
  ]);
});

test.each(ways)('an onError that %s is no reason for anything to end', async (_how, onError) => {
  const cache = new TtlLruCache<string, number>({ maxSize: 1, onRemove: onError, onError });
  cache.set('a', 1).set('b', 2);
  expect(cache.get('b')).toBe(2);
});

test.each(ways)('an onEvent and an onSource that %s take nothing away', async (_how, callback) => {
  const dir = folderOfTest();
  const failing: Tier<number> = {
    name: 'failing',
    get: () => Promise.reject(new Error('no')),
    set: () => Promise.reject(new Error('no')),
    delete: () => Promise.reject(new Error('no')),
    clear: () => undefined,
    close: () => undefined,
  };
  const file = fileTier<number>({ dir, onEvent: callback });
  const cache = new TieredCache<number>({ tiers: [file, failing], onEvent: callback });
  expect(await cache.getOrCompute('a', async () => 1, { onSource: callback })).toBe(1);
  expect(await cache.getOrCompute('a', async () => 2, { onSource: callback })).toBe(1);
  await cache.flush();
  const entries = join(dir, 'v1', 'entries');
  const [shard = ''] = readdirSync(entries);
  const [name = ''] = readdirSync(join(entries, shard));
  writeFileSync(join(entries, shard, name), 'damaged');
  expect(await file.get('a')).toBeUndefined();
  await cache.close();
});
