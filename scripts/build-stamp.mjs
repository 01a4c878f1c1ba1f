// Tells in a few milliseconds whether what is built is what the sources say, so that a later `pnpm orc` starts at once.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const inputs = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json', 'turbo.json'];
const packages = ['cache', 'scheduler', 'core', 'cli'];

/** A digest of name, size and modification time of every file that a build reads. */
export function sourceStamp(root) {
  const hash = createHash('sha256');
  const add = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(join(root, path)).toSorted()) add(`${path}/${name}`);
      return;
    }
    hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
  };
  for (const input of inputs) add(input);
  for (const name of packages) {
    for (const input of ['src', 'scripts', 'package.json', 'tsconfig.json']) add(`packages/${name}/${input}`);
  }
  return hash.digest('hex');
}

const stampFile = (root) => join(root, 'node_modules', '.cache', 'orc', 'build-stamp');

/** Whether the last build was made from the sources as they are. */
export function isBuilt(root, stamp) {
  try {
    statSync(join(root, 'packages/cli/dist/bin.js'));
    return readFileSync(stampFile(root), 'utf8') === stamp;
  } catch {
    return false;
  }
}

/** Remembers what was built. */
export function rememberBuild(root, stamp) {
  const file = stampFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stamp);
}
