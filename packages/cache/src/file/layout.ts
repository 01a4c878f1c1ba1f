import { hash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

import { CacheError } from '../errors.ts';
import { wellFormed } from '../well-formed.ts';

/** Who may put things anywhere anyhow. */
const ROOT = 0;
/** The bits of a mode that are about the group and the rest of the world. */
const OTHERS = 0o077;

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

/**
 * Makes the folders. Only their owner can look into them. The folder itself may be a link, to another disk say; what is in it may not, and
 * has to be this user's own: who can write there could have it write, and remove, anywhere.
 */
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
  for (const each of [root, layout.entries, layout.temporary, layout.locks, layout.corrupt]) refuseForeign(each);
  return layout;
}

/** Refuses what is no folder of this user's own, and closes one that others can look into. */
function refuseForeign(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const user = process.getuid?.();
  const fault = stats.isSymbolicLink()
    ? 'a link'
    : !stats.isDirectory()
      ? 'something else'
      : user !== undefined && stats.uid !== user && stats.uid !== ROOT
        ? `one of another user (${stats.uid})`
        : undefined;
  if (fault !== undefined) {
    throw new CacheError(
      'ERR_CACHE_DIR',
      `Expected ${JSON.stringify(path)} to be a folder that this user has made, got ${fault}; remove it, or give another \`dir\``,
    );
  }
  if (user === undefined || (stats.mode & OTHERS) === 0) return;
  try {
    chmodSync(path, 0o700);
  } catch {
    // Of root's, or on a disk that is read-only: nobody else can write there either, or could all along.
  }
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

/** The name that a key has on disk: nothing of the key itself gets into a path. */
export function nameOf(key: string): string {
  return hash('sha256', wellFormed(key), 'hex');
}

/** The file of a name. Put together by hand: `join` looks at every character. */
export function fileOf(layout: Layout, name: string): string {
  return layout.entries + sep + name.slice(0, 2) + sep + name.slice(2);
}
