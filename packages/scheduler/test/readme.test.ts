import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = await readFile(join(root, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)]
  .map(([, code = '']) => code)
  .filter((code) => code.includes('; // '));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scheduler-readme-'));
  await mkdir(join(folder, 'node_modules/@orc'), { recursive: true });
  await symlink(root, join(folder, 'node_modules/@orc/scheduler'), 'dir');
  await copyFile(join(root, 'test/fixtures/count-words.mjs'), join(folder, 'count-words.mjs'));
});
afterAll(() => rm(folder, { recursive: true }));

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
