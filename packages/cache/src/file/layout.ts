import { hash } from 'node:crypto';
import { constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

import { CacheError } from '../errors.ts';
import { wellFormed } from '../well-formed.ts';

/** Where a file tier keeps what. The version is part of the path, so that two versions never meet. */
export interface Layout {
  /** The folder that was asked for, absolute. */
  readonly dir: string;
  /** The entries, in 256 folders by the first two digits of the name. */
  readonly entries: string;
  /** Files that are being written. */
  readonly temporary: string;
  /** The right to compute a key, one file each. */
  readonly locks: string;
  /** Files that could not be read. */
  readonly corrupt: string;
  /** Touched by every sweep, so that processes do not all sweep. */
  readonly swept: string;
}

/** Makes the folders. Only their owner can look into them. */
export function openLayout(folder: string): Layout {
  const dir = resolve(folder);
  const root = join(dir, 'v1');
  const layout: Layout = {
    dir,
    entries: join(root, 'entries'),
    temporary: join(root, 'tmp'),
    locks: join(root, 'locks'),
    corrupt: join(root, 'corrupt'),
    swept: join(root, 'swept'),
  };
  try {
    for (const each of [layout.entries, layout.temporary, layout.locks]) makeFolder(each);
  } catch (error) {
    throw new CacheError(
      'ERR_CACHE_DIR',
      `Expected \`dir\` to be a folder that can be written to, got ${JSON.stringify(dir)}`,
      {
        cause: error,
      },
    );
  }
  return layout;
}

/** Makes a folder, with those above it. Step by step: Node's own recursion never ends where a parent refuses with ENOENT, as /proc does. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw error;
    makeFolder(parent);
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (again) {
      // Another process may have been faster.
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    }
  }
}

/** How files are opened to be read: a pipe that somebody has put in the place of one keeps nobody waiting. */
export const READ: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The name that a key has on disk: nothing of the key itself gets into a path. */
export function nameOf(key: string): string {
  return hash('sha256', wellFormed(key), 'hex');
}

/** The file of a name. Put together by hand: `join` looks at every character. */
export function fileOf(layout: Layout, name: string): string {
  return layout.entries + sep + name.slice(0, 2) + sep + name.slice(2);
}
