import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';

/** Reads a scanned file on a worker thread; `undefined` where it has gone, is a link, or would lead out of the folder. */
export function readSource(root: string, path: string): string | undefined {
  const full = join(root, path);
  try {
    if (!lstatSync(full).isFile()) return undefined;
    const inside = relative(realpathSync(root), realpathSync(full));
    if (inside.startsWith('..') || isAbsolute(inside)) return undefined;
    return readFileSync(full, 'utf8');
  } catch {
    return undefined;
  }
}
