import { isAbsolute, relative, sep } from 'node:path';

/** Whether a resolved path is a folder itself or lies under it; both must be free of links. */
export function staysInside(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}
