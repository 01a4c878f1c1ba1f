import { createHash } from 'node:crypto';
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** All that a folder holds, by path: the kind of each entry, the digest of each file, the target of each link. Nothing is followed. */
export async function snapshot(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries: Record<string, string> = {};
  const look = async (path: string, name: string): Promise<void> => {
    const found = await lstat(path);
    if (found.isSymbolicLink()) entries[name] = `link to ${await readlink(path)}`;
    else if (found.isFile())
      entries[name] = `file ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`;
    else if (found.isDirectory()) {
      entries[name] = 'folder';
      for (const child of (await readdir(path)).toSorted()) await look(join(path, child), `${name}/${child}`);
    } else entries[name] = 'something else';
  };
  await look(folder, '.');
  return entries;
}
