import { lstatSync } from 'node:fs';
import { join } from 'node:path';

import { makeFolder } from './config/make-folder.ts';
import { resolvePaths } from './config/paths.ts';

/** What the choice of the folder needs to know of the process. */
export type CacheOwner = Pick<NodeJS.Process, 'env' | 'platform' | 'cwd' | 'getuid'>;

/**
 * The folder for compiled code: below the user's own cache folder, and the user's alone. What lies in it is run as it is, so that there is none (`undefined`) where another user could
 * write to it.
 */
export function compileCacheFolder(owner: CacheOwner): string | undefined {
  try {
    const { cacheDir } = resolvePaths({ env: owner.env, platform: owner.platform, cwd: owner.cwd() });
    const folder = join(cacheDir, 'compile');
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) makeFolder(folder, 0o700);
    // With the group that many systems give each user alone, the folder above may be writable for it.
    return isOwn(cacheDir, owner, 0o002) && isOwn(folder, owner, 0o022) ? folder : undefined;
  } catch {
    // A home that can't be written is told by what needs it.
    return undefined;
  }
}

function isOwn(folder: string, { getuid }: CacheOwner, writable: number): boolean {
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) return false;
  return getuid === undefined || (stats.uid === getuid() && (stats.mode & writable) === 0);
}
