import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { codeOf, planParts, testStore } from './support.ts';

test('an artifact is written whole, replaced when it differs, left alone when it is equal', async () => {
  using folder = temporaryFolder();
  await using session = await testStore(folder.dir).create(planParts);
  const content = '# Kapitel ä\n';
  expect(await session.writeArtifact('chapters/01.md', content)).toEqual({
    path: 'chapters/01.md',
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
  });
  const path = join(session.artifactsDir, 'chapters/01.md');
  await utimes(path, 1, 1);
  await session.writeArtifact('chapters/01.md', content);
  expect((await stat(path)).mtimeMs).toBe(1000);
  await session.writeArtifact('chapters/01.md', Buffer.from([0, 255, 1]));
  expect(await readFile(path)).toEqual(Buffer.from([0, 255, 1]));
  expect(await readdir(session.artifactsDir, { recursive: true })).toEqual(['chapters', join('chapters', '01.md')]);
});

test.each([
  ['a few letters at the edge of a piece', `${'x'.repeat(256 * 1024 - 1)}é😀`],
  ['letters of three bytes', '物語'.repeat(100_000)],
  ['megabytes', 'line é\n'.repeat(300_000)],
  ['megabytes that are no text', Buffer.alloc(3_000_000, 7)],
])('an artifact of any size is what was given: %s', async (_, content) => {
  using folder = temporaryFolder();
  await using session = await testStore(folder.dir).create(planParts);
  const { bytes } = await session.writeArtifact('all.md', content);
  const written = await readFile(join(session.artifactsDir, 'all.md'));
  expect(written.equals(Buffer.from(content))).toBe(true);
  expect(bytes).toBe(written.length);
  expect((await stat(join(session.artifactsDir, 'all.md'))).mode & 0o777).toBe(0o600);
});

test.each([
  ['', 'empty'],
  ['/etc/passwd', 'absolute'],
  ['C:/x', 'absolute'],
  ['../x', '`..`'],
  ['a/../../x', '`..`'],
  ['a/./x', '`.`'],
  ['a//x', 'empty segment'],
  ['a/', 'empty segment'],
  [String.raw`a\..\x`, 'backslash'],
  ['a\u0000', 'character'],
  ['a\n', 'character'],
  ['xy:z', 'character'],
  ['aux.md', 'device'],
  ['dir./x', 'dot'],
  ['x '.repeat(300), 'bytes'],
])('the artifact path %j is refused', async (path, why) => {
  using folder = temporaryFolder();
  await using session = await testStore(folder.dir).create(planParts);
  expect(await codeOf(session.writeArtifact(path, 'x'))).toBe('ERR_ORC_ARTIFACT');
  await expect(session.writeArtifact(path, 'x')).rejects.toThrow(path.startsWith('x ') ? /dot or a space/ : why);
  expect(await readdir(session.artifactsDir)).toEqual([]);
});

test('a link among the artifacts leads nowhere', async () => {
  using folder = temporaryFolder();
  await using session = await testStore(folder.dir).create(planParts);
  await mkdir(join(folder.dir, 'outside'));
  await symlink(join(folder.dir, 'outside'), join(session.artifactsDir, 'link'));
  expect(await codeOf(session.writeArtifact('link/x.md', 'x'))).toBe('ERR_ORC_ARTIFACT');
  expect(await readdir(join(folder.dir, 'outside'))).toEqual([]);
});

test('a folder in the place of an artifact is told', async () => {
  using folder = temporaryFolder();
  await using session = await testStore(folder.dir).create(planParts);
  await session.writeArtifact('a/b.md', 'x');
  expect(await codeOf(session.writeArtifact('a', 'x'))).toBe('ERR_ORC_ARTIFACT');
});
