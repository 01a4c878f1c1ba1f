// Every fuzzer in its long form: the test files whose path says `fuzz`, of all packages, with `ORC_FUZZ_LONG=1`.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = readdirSync(join(root, 'packages')).flatMap((name) => {
  const folder = `packages/${name}/test`;
  return readdirSync(join(root, folder), { recursive: true })
    .map((path) => `${folder}/${String(path).replaceAll('\\', '/')}`)
    .filter((path) => /\/test\/.*fuzz.*\.test\.tsx?$/.test(path));
});

// No fuzzer asks for durability, so the temporary folders may lie in memory, where a sync costs nothing. Containers
// often have a few megabytes of it only.
function memoryFolder() {
  const folder = '/dev/shm';
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= 2 ** 30 ? folder : undefined;
  } catch {
    return undefined;
  }
}

const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const folder = memoryFolder();
console.log(`${files.length} files, temporary folders ${folder === undefined ? 'on disk' : `in ${folder}`}`);
const run = spawnSync(process.execPath, [vitest, 'run', '--reporter=verbose', ...files, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ORC_FUZZ_LONG: '1', NO_COLOR: '1', ...(folder === undefined ? {} : { TMPDIR: folder }) },
});
process.exit(run.status ?? 1);
