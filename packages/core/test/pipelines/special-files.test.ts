/** A FIFO, a device or a folder in place of a file stops nothing: it is refused by its type. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { scanFolder } from '../../src/pipelines/analyze/scan.ts';
import { loadPipeline } from '../../src/pipelines/file/load-pipeline.ts';
import { readDeclared } from '../../src/pipelines/file/read-files.ts';

const { signal } = new AbortController();

describe.skipIf(process.platform === 'win32')('special files', () => {
  it('as ignore files, above and inside of the folder, say nothing', async () => {
    using folder = temporaryFolder();
    const inside = join(folder.dir, 'inside');
    mkdirSync(join(folder.dir, '.git'));
    mkdirSync(inside);
    execFileSync('mkfifo', [join(folder.dir, '.gitignore'), join(inside, '.gitignore')]);
    symlinkSync('/dev/zero', join(folder.dir, '.ignore'));
    writeFileSync(join(inside, 'a.ts'), '');
    expect((await scanFolder(inside, { signal })).files.map(({ path }) => path)).toEqual(['a.ts']);
  });

  it.each([
    ['yaml', 256_000],
    ['mjs', 1_000_000],
  ])('as a pipeline file ending in %s are refused', async (ending, most) => {
    using folder = temporaryFolder();
    const path = join(folder.dir, `p.${ending}`);
    execFileSync('mkfifo', [path]);
    await expect(loadPipeline(path)).rejects.toMatchObject({
      code: 'ERR_ORC_PIPELINE_FILE',
      message: `Expected ${path} to be a file, got a FIFO`,
    });
    const endless = join(folder.dir, `endless.${ending}`);
    symlinkSync('/dev/zero', endless);
    await expect(loadPipeline(endless)).rejects.toThrow('got a device');
    const large = join(folder.dir, `large.${ending}`);
    writeFileSync(large, ' '.repeat(most + 1));
    await expect(loadPipeline(large)).rejects.toThrow(`to hold at most ${most} bytes`);
  });

  it('as files of a `read` phase are refused', async () => {
    using folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder.dir, 'fifo')]);
    mkdirSync(join(folder.dir, 'folder'));
    await expect(readDeclared(folder.dir, ['fifo'], signal)).rejects.toThrow('Expected fifo to be a file, got a FIFO');
    await expect(readDeclared(folder.dir, ['folder'], signal)).rejects.toThrow('got a folder');
  });
});
