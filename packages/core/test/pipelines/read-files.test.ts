import { mkdirSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../../test-support/temporary-folder.ts';
import { readDeclared } from '../../src/pipelines/file/read-files.ts';

const { signal } = new AbortController();
let folder: string;
beforeEach(() => {
  folder = realpathSync(folderOfTest());
  mkdirSync(join(folder, 'in'));
});

const read = (file: string): ReturnType<typeof readDeclared> => readDeclared(join(folder, 'in'), [file], signal);

describe('A `read` phase', () => {
  it('reads text, also of a name that begins with two dots', async () => {
    writeFileSync(join(folder, 'in', '..notes.txt'), 'café');
    expect(await read('..notes.txt')).toEqual([{ path: '..notes.txt', text: 'café' }]);
  });

  it('refuses what leads out of its folder, by a path or by a link', async () => {
    writeFileSync(join(folder, 'private.txt'), 'private');
    symlinkSync(join(folder, 'private.txt'), join(folder, 'in', 'link.txt'));
    symlinkSync(folder, join(folder, 'in', 'up'));
    for (const file of ['../private.txt', 'link.txt', 'up/private.txt', join(folder, 'private.txt')])
      await expect(read(file)).rejects.toMatchObject({
        code: 'ERR_ORC_REQUEST',
        message: expect.stringContaining('leads out of it') as string,
      });
  });

  it('says what is wrong with a file that is no text, too large, a folder, or not there', async () => {
    writeFileSync(join(folder, 'in', 'latin1.txt'), Buffer.from('café', 'latin1'));
    writeFileSync(join(folder, 'in', 'large.txt'), '');
    truncateSync(join(folder, 'in', 'large.txt'), 4_000_001);
    await expect(read('latin1.txt')).rejects.toThrow('Expected latin1.txt to be UTF-8 text');
    await expect(read('large.txt')).rejects.toThrow('Expected large.txt to hold at most 4000000 bytes, got 4000001');
    await expect(read('.')).rejects.toThrow('Expected . to be a file');
    await expect(read('missing.txt')).rejects.toThrow('Expected a file missing.txt');
  });
});
