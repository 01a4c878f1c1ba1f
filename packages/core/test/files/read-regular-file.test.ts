/** Whatever stands at a path that comes from outside, reading it ends: with its bytes, or with what it is instead. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { readRegularFile } from '../../src/files/read-regular-file.ts';

test('reads a whole file up to its bound, and nothing of a larger one', () => {
  using folder = temporaryFolder();
  const path = join(folder.dir, 'file');
  writeFileSync(path, 'abcd');
  expect(readRegularFile(path, { maxBytes: 4 }).content?.toString()).toBe('abcd');
  expect(readRegularFile(path, { maxBytes: 3 })).toMatchObject({ refused: 'large', detail: '4 bytes, more than 3' });
  writeFileSync(path, '');
  expect(readRegularFile(path, { maxBytes: 0 }).content?.length).toBe(0);
});

test('says what is missing', () => {
  using folder = temporaryFolder();
  expect(readRegularFile(join(folder.dir, 'none'), { maxBytes: 9 })).toMatchObject({ refused: 'missing' });
});

test.skipIf(process.platform === 'win32')('refuses by type, without waiting, what is no plain file', () => {
  using folder = temporaryFolder();
  const at = (name: string): string => join(folder.dir, name);
  mkdirSync(at('folder'));
  execFileSync('mkfifo', [at('fifo')]);
  symlinkSync('/dev/zero', at('zero'));
  symlinkSync('fifo', at('to-fifo'));
  const refusals = ['folder', 'fifo', 'zero', 'to-fifo'].map(
    (name) => readRegularFile(at(name), { maxBytes: 9 }).detail,
  );
  expect(refusals).toEqual(['a folder', 'a FIFO', 'a device', 'a FIFO']);
});

test.skipIf(process.platform === 'win32')('follows a link only where that is wanted', () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.dir, 'file'), 'x');
  symlinkSync('file', join(folder.dir, 'link'));
  const path = join(folder.dir, 'link');
  expect(readRegularFile(path, { maxBytes: 9 }).content?.toString()).toBe('x');
  expect(readRegularFile(path, { maxBytes: 9, followLinks: false })).toMatchObject({ refused: 'link' });
});

test.skipIf(process.platform !== 'linux')('never trusts a size: a file that says it is empty is bounded too', () => {
  expect(readRegularFile('/proc/self/status', { maxBytes: 100 })).toMatchObject({ refused: 'large' });
  expect(readRegularFile('/proc/self/status', { maxBytes: 100_000 }).content?.toString()).toContain('Name:');
});
