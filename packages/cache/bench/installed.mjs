// What an installation weighs: the files of the tarball, and those of every dependency.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sums of file sizes, in kB of 1000 bytes. */
export async function runInstalled() {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [{ unpackedSize, files }] = JSON.parse(stdout);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  let bytes = unpackedSize;
  for (const name of Object.keys(dependencies)) bytes += sizeOf(realpathSync(join(root, 'node_modules', name)));
  return {
    kB: Math.round(bytes / 100) / 10,
    own: Math.round(unpackedSize / 100) / 10,
    dependencies: Object.keys(dependencies).length,
    maps: files.filter(({ path }) => path.endsWith('.map')).length,
  };
}

function sizeOf(dir) {
  let bytes = 0;
  for (const each of readdirSync(dir, { withFileTypes: true })) {
    if (each.name === 'node_modules') continue;
    const path = join(dir, each.name);
    bytes += each.isDirectory() ? sizeOf(path) : statSync(path).size;
  }
  return bytes;
}
