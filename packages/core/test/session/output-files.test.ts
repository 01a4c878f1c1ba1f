import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digest } from '@orc/cache';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../../test-support/temporary-folder.ts';
import { Flusher, type FlushKind } from '../../src/session/flusher.ts';
import { OutputFiles, readOutputFile } from '../../src/session/output-files.ts';

const content = 'a page\n'.repeat(20_000);

/** Output files on a disk that refuses to flush what it is told to. */
function refusing(folder: string) {
  const disk = { refuses: undefined as FlushKind | undefined };
  const flush = (kind: FlushKind): void => {
    if (kind === disk.refuses) throw Object.assign(new Error('broken'), { code: 'EIO' });
  };
  const flusher = new Flusher({
    here: (_, kind) => flush(kind),
    there: async (_, kind) => flush(kind),
    now: () => 0,
  });
  return { disk, outputs: new OutputFiles(folder, flusher) };
}

test.each(['file', 'folder'] as const)(
  'an output whose %s could not be flushed is not there for its record, and can be written again',
  async (kind) => {
    using folder = temporaryFolder();
    const { disk, outputs } = refusing(folder.dir);
    const place = () =>
      outputs.place(outputs.stage({ content, text: true }, join(folder.dir, 'temp')), digest(content));
    disk.refuses = kind;
    const { durable } = await place();
    await expect(durable).rejects.toThrow('broken');
    expect(await readdir(folder.dir)).toEqual([]);
    disk.refuses = undefined;
    const again = await place();
    await again.durable;
    expect(await readOutputFile(folder.dir, again.name, true)).toEqual({ output: content });
  },
);

// The buffer through which a text goes to its file holds 256 KB.
test.each(['é', '€', '😀'])('a text whose letters %s meet the end of the buffer is written whole', async (letter) => {
  using folder = temporaryFolder();
  const { outputs } = refusing(folder.dir);
  for (const before of [0, 1, 2, 3]) {
    const text = 'x'.repeat(before) + letter.repeat(200_000);
    const { name, durable } = await outputs.place(
      outputs.stage({ content: text, text: true }, join(folder.dir, 'temp')),
      digest(text),
    );
    await durable;
    expect((await readFile(join(folder.dir, name), 'utf8')) === text).toBe(true);
  }
});
