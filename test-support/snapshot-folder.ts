import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * All that a folder holds, by path: kind and mode of each entry, the digest of each file, the target of each link. Two of them are equal when nothing in the folder has changed but times.
 *
 * @param leftOut - Paths below the folder that are not looked into.
 */
export function snapshotFolder(folder: string, leftOut: readonly string[] = []): Readonly<Record<string, string>> {
  const entries: Record<string, string> = {};
  const look = (path: string, name: string): void => {
    if (leftOut.includes(name)) return;
    const stats = lstatSync(path);
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
    if (stats.isSymbolicLink()) entries[name] = `link to ${readlinkSync(path)}`;
    else if (stats.isFile())
      entries[name] = `file ${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
    else if (stats.isDirectory()) {
      entries[name] = `folder ${mode}`;
      for (const child of readdirSync(path).toSorted())
        look(join(path, child), name === '.' ? child : `${name}/${child}`);
    } else entries[name] = `other ${mode}`;
  };
  look(folder, '.');
  return entries;
}
