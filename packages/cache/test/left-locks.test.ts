import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { fileTier } from '../src/file/index.ts';
import { takeLock } from '../src/file/process-lock.ts';

test('a sweep removes the locks of dead processes at once, and no others', async () => {
  const dir = folderOfTest();
  const tier = fileTier({ dir, sweepInterval: Infinity });
  const held = await tier.lock('held');
  const folder = join(dir, 'v1', 'locks');
  const [mine = ''] = readdirSync(folder);
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(folder, 'dead.lock'), JSON.stringify({ pid, host: hostname(), token: 't' }));
  writeFileSync(join(folder, 'elsewhere.lock'), JSON.stringify({ pid, host: 'another-machine', token: 't' }));
  await tier.prune();
  expect(readdirSync(folder).toSorted()).toEqual([mine, 'elsewhere.lock'].toSorted());
  await held?.release();
  await tier.close();
});

test('a lock that cannot be read is waited for, and taken over when it shows no sign of life', async () => {
  const path = join(folderOfTest(), 'locks', 'a.lock');
  mkdirSync(path, { recursive: true });
  const times = { heartbeat: Infinity, staleAfter: 3_600_000, maxWait: 1 };
  expect(await takeLock(path, dirname(path), times, undefined)).toBeUndefined();
  const lock = await takeLock(path, dirname(path), { ...times, staleAfter: 1, maxWait: 3_600_000 }, undefined);
  expect(readdirSync(dirname(path))).toEqual(['a.lock']);
  await lock?.release();
  expect(existsSync(path)).toBe(false);
});
