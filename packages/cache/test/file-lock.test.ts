import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { takeLock } from '../src/file/process-lock.ts';

const times = { heartbeat: 5, staleAfter: 3_600_000, maxWait: 3_600_000 };

function lockFile(content?: string): string {
  const path = join(folderOfTest(), 'locks', 'a.lock');
  mkdirSync(dirname(path));
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

const elsewhere = JSON.stringify({ pid: 1, host: 'some-other-machine', token: 't' });

test('says who holds it, and is gone after its release', async () => {
  const path = lockFile();
  const lock = await takeLock(path, dirname(path), times, undefined);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  await lock?.release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('makes its folder anew if somebody removed it', async () => {
  const path = join(folderOfTest(), 'gone', 'a.lock');
  const lock = await takeLock(path, dirname(path), times, undefined);
  expect(existsSync(path)).toBe(true);
  await lock?.release();
});

test.each([
  ['of another machine that shows no sign of life', elsewhere],
  ['whose holder was killed before it could write its name', ''],
])('one %s is taken over after staleAfter', async (_name, content) => {
  const path = lockFile(content);
  const lock = await takeLock(path, dirname(path), { ...times, staleAfter: 20 }, undefined);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
  await lock?.release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('a holder that shows signs of life keeps it, however long that takes', async () => {
  const path = lockFile();
  const lock = await takeLock(path, dirname(path), times, undefined);
  // Many times longer than its heartbeat, and than what counts as stale.
  const other = await takeLock(path, dirname(path), { ...times, staleAfter: 1000, maxWait: 200 }, undefined);
  expect(other).toBeUndefined();
  await lock?.release();
});

test('of many who take over a stale one, one has it at a time', async () => {
  const path = lockFile(elsewhere);
  let holders = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const lock = await takeLock(path, dirname(path), { ...times, staleAfter: 100 }, undefined);
      most = Math.max(most, ++holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders--;
      await lock?.release();
    }),
  );
  expect(most).toBe(1);
  expect(readdirSync(dirname(path))).toEqual([]);
});
