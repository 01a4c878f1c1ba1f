import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test-support/temporary-folder.ts';

test('the examples of the README run as they stand and print what they say', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code as string);
  expect(blocks.length).toBeGreaterThan(0);
  using place = temporaryFolder();
  for (const [index, block] of blocks.entries()) {
    // The build, by its path: a folder outside of the package does not know its name.
    const code = block
      .replaceAll("'@orc/core'", JSON.stringify(new URL('../dist/index.js', import.meta.url).href))
      .replaceAll("'@orc/core/ai'", JSON.stringify(new URL('../dist/ai/index.js', import.meta.url).href));
    const file = join(place.dir, `example-${index}.mjs`);
    await writeFile(file, code);
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    });
    const promised = [...block.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, said]) => said as string);
    expect(stdout.trim().split('\n')).toEqual(promised);
  }
});
