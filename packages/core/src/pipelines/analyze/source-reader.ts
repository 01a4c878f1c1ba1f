import { lstatSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Reads a scanned file by its path in the folder; `undefined` where it has gone, can't be read, or is reached through a link. */
export type SourceReader = (path: string) => string | undefined;

/** Makes a reader for one folder. It looks at each folder on the way once: a link put there since the scan is not followed. */
export function sourceReader(root: string): SourceReader {
  const folders = new Map<string, boolean>([['.', true]]);
  const isFolder = (path: string): boolean => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const found = isFolder(posix.dirname(path)) && lstatSync(join(root, path)).isDirectory();
    folders.set(path, found);
    return found;
  };
  return (path) => {
    const full = join(root, path);
    try {
      if (!isFolder(posix.dirname(path)) || !lstatSync(full).isFile()) return undefined;
      const text = readFileSync(full, 'utf8');
      return text.startsWith('\uFEFF') ? text.slice(1) : text;
    } catch {
      return undefined;
    }
  };
}
