import { lstatSync } from 'node:fs';

/** The code of a system error: `ENOENT`, `EACCES`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a file cannot be that nobody can ever read: a folder, a pipe, a socket, a link, somebody else's. */
const NEVER_READABLE = new Set(['EISDIR', 'ESPIPE', 'ENXIO', 'ELOOP', 'EMLINK', 'ENOTDIR']);

/** Why a file can never be read, as the code of the error; `undefined` if it is not there, or may be readable in a moment. */
export function faultOf(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  // On Windows a file that is being replaced cannot be read for a moment.
  return NEVER_READABLE.has(code) || (code === 'EACCES' && process.platform !== 'win32') ? code : undefined;
}

/** Whether something failed because a folder stands where a file should; Linux says so, other systems only that it is not permitted. */
export function isFolder(error: unknown, path: string): boolean {
  const code = codeOf(error);
  if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'EACCES') return false;
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
