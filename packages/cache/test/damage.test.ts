import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { decodeEnvelope, encodeEnvelope } from '../src/file/envelope.ts';
import { fileTier, type FileTierEvent } from '../src/file/index.ts';

function make() {
  const dir = folderOfTest();
  const events: FileTierEvent[] = [];
  const tier = fileTier({ dir, sweepInterval: Infinity, onEvent: (event) => void events.push(event) });
  return { dir, tier, events };
}

const entry = (value: unknown) => ({ value, storedAt: Date.now(), expiresAt: Infinity, meta: { of: 'ü' } });

function onlyFile(dir: string): string {
  const files = readdirSync(join(dir, 'v1', 'entries'), { recursive: true, withFileTypes: true });
  const [file] = files.filter((each) => each.isFile());
  return file === undefined ? '' : join(file.parentPath, file.name);
}

test('whichever bit of a file is flipped, it is found out', () => {
  const whole = Buffer.from(encodeEnvelope('a', entry(12)));
  expect(decodeEnvelope(whole, 'a')).toMatchObject({ value: 12, meta: { of: 'ü' } });
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(decodeEnvelope(bytes, 'a'), `bit ${bit}`).toEqual({ fault: expect.any(String) });
  }
});

test('a folder where the file should be is set aside', async () => {
  const { dir, tier, events } = make();
  await tier.set('a', entry(1));
  const path = onlyFile(dir);
  unlinkSync(path);
  mkdirSync(path);
  expect(await tier.get('a')).toBeUndefined();
  expect(events).toMatchObject([{ type: 'entry-corrupt', key: 'a', reason: 'EISDIR' }]);
  await tier.set('a', entry(2));
  expect(await tier.get('a')).toMatchObject({ value: 2 });
});

test.each([1, 100_000])(
  'a folder where the file should be keeps nothing from being written (%i bytes) or removed',
  async (length) => {
    const { dir, tier, events } = make();
    await tier.set('a', entry(1));
    const path = onlyFile(dir);
    const replace = (): void => {
      rmSync(path);
      mkdirSync(join(path, 'with something in it'), { recursive: true });
    };
    replace();
    await tier.set('a', entry('x'.repeat(length)));
    expect(await tier.get('a')).toMatchObject({ value: 'x'.repeat(length) });
    replace();
    expect(await tier.delete('a')).toBe(false);
    await tier.set('a', entry(2));
    expect(await tier.get('a')).toMatchObject({ value: 2 });
    const set = { type: 'entry-corrupt', key: 'a', reason: 'EISDIR' };
    expect(events).toMatchObject([set, set]);
    expect(readdirSync(join(dir, 'v1', 'tmp'))).toEqual([]);
  },
);

test.skipIf(process.platform === 'win32')('a pipe where the file should be keeps nobody waiting', async () => {
  const { dir, tier, events } = make();
  await tier.set('a', entry(1));
  const path = onlyFile(dir);
  const replace = (): void => {
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
  };
  replace();
  expect(await tier.get('a')).toBeUndefined();
  replace();
  await tier.prune();
  expect(events).toMatchObject([
    { type: 'entry-corrupt', key: 'a', reason: 'ESPIPE' },
    { type: 'entry-corrupt', reason: 'not a file' },
  ]);
});

test.each([10, 100_000])('a tier whose folder was removed under it goes on (%i bytes)', async (length) => {
  const { dir, tier } = make();
  await tier.set('a', entry(1));
  rmSync(dir, { recursive: true });
  expect(await tier.get('a')).toBeUndefined();
  await tier.set('a', entry('x'.repeat(length)));
  expect(await tier.get('a')).toMatchObject({ value: 'x'.repeat(length) });
  expect(await tier.prune()).toEqual({ removed: 0, bytes: 0 });
});

test('a sweep that cannot note its time makes room all the same', async () => {
  const { dir, tier } = make();
  mkdirSync(join(dir, 'v1', 'swept'));
  await tier.set('a', { ...entry(1), expiresAt: Date.now() + 1 });
  while (tier.get('a') !== undefined);
  expect(await tier.prune()).toMatchObject({ removed: 1 });
});
