import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { beforeAll, expect, test } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = await readFile(join(root, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)]
  .map(([, code = '']) => code)
  .filter((code) => code.includes('; // '));
const folder = folderOfFile();

beforeAll(async () => {
  await mkdir(join(folder, 'node_modules/@orc'), { recursive: true });
  await symlink(root, join(folder, 'node_modules/@orc/scheduler'), 'dir');
  await copyFile(join(root, 'test/fixtures/count-words.mjs'), join(folder, 'count-words.mjs'));
});

test('the README has examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(3);
});

test.each(examples.map((code, index) => [index + 1, code] as const))(
  'example %i of the README prints what it says',
  async (index, code) => {
    // Examples that need Redis are run by the tests of that part.
    if (code.includes('@orc/scheduler/bullmq')) return;
    const file = join(folder, `example-${index}.mjs`);
    await writeFile(file, code);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    const told = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
    expect(stdout.trim().split('\n')).toEqual(told);
  },
);
