import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { OrcError } from '../errors.ts';
import { readError, unfitPart } from './session-errors.ts';
import { systemCode } from './system-code.ts';

/** The most bytes that a plan, a report or a lock is read with, and an output's file: its text must fit into memory. */
export const partBytes: Readonly<Record<'plan' | 'report' | 'lock' | 'output', number>> = Object.freeze({
  plan: 64 * 1024 * 1024,
  report: 256 * 1024 * 1024,
  lock: 64 * 1024,
  output: 512 * 1024 * 1024,
});

/** What Windows does not have does nothing there; a link is looked for before it is opened. */
const noFollow: number = constants.O_NOFOLLOW ?? 0;
/** A pipe that nobody writes to would keep `open` waiting. */
const noWait: number = constants.O_NONBLOCK ?? 0;

/** Flags to read a file of a session, and to append to one. */
export const readFlags: number = constants.O_RDONLY | noFollow | noWait;
const appendFlags: number = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow | noWait;

const folders = new Set(['artifacts', 'outputs', 'tmp']);
const files = new Set(['plan.json', 'journal.ndjson', 'report.json', 'report.html', 'lock']);

/** Opens a file of a session's folder to read it: a regular one, and never what a link leads to. `undefined` where there is none. */
export async function openPart(dir: string, name: string): Promise<FileHandle | undefined> {
  const path = join(dir, name);
  let file: FileHandle;
  try {
    if (noFollow === 0 && (await lstat(path)).isSymbolicLink()) throw unfitPart(dir, name, 'a link');
    file = await open(path, readFlags);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
    throw partError(dir, name, error);
  }
  try {
    if (!(await file.stat()).isFile()) throw unfitPart(dir, name, 'something else');
    return file;
  } catch (error) {
    await file.close();
    throw partError(dir, name, error);
  }
}

/** Reads a small file of a session's folder; `undefined` where there is none. Throws `ERR_ORC_SESSION_CORRUPT` where it is none that can be read. */
export async function readPart(dir: string, name: string, most: number): Promise<string | undefined> {
  const file = await openPart(dir, name);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    if (size > most) throw unfitPart(dir, name, `${size} bytes`);
    const pieces: Buffer[] = [];
    for (let total = 0; ;) {
      const piece = Buffer.allocUnsafe(Math.max(1, Math.min(size - total, most)) + (total < size ? 0 : 65_535));
      const { bytesRead } = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) break;
      total += bytesRead;
      // One that grows while it is read, or never ends.
      if (total > most) throw unfitPart(dir, name, `more than ${most} bytes`);
      pieces.push(piece.subarray(0, bytesRead));
    }
    return Buffer.concat(pieces).toString('utf8');
  } catch (error) {
    throw partError(dir, name, error);
  } finally {
    await file.close();
  }
}

/** The same at once, for a file of a few lines. */
export function readPartSync(dir: string, name: string, most: number): string | undefined {
  const path = join(dir, name);
  let file: number;
  try {
    if (noFollow === 0 && lstatSync(path).isSymbolicLink()) throw unfitPart(dir, name, 'a link');
    file = openSync(path, readFlags);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw partError(dir, name, error);
  }
  try {
    if (!fstatSync(file).isFile()) throw unfitPart(dir, name, 'something else');
    const bytes = Buffer.alloc(most + 1);
    let total = 0;
    for (let count = 1; count > 0 && total <= most; total += count)
      count = readSync(file, bytes, total, bytes.length - total, null);
    if (total > most) throw unfitPart(dir, name, `more than ${most} bytes`);
    return bytes.toString('utf8', 0, total);
  } catch (error) {
    throw partError(dir, name, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a file of a session's folder to append to it; it is made when there is none.
 *
 * @param mode - Its mode, where it is made.
 * @throws OrcError `ERR_ORC_SESSION_CORRUPT` where it is no regular file, or one that has another name too: what is appended would show there.
 */
export async function openToAppend(dir: string, name: string, mode: number): Promise<FileHandle> {
  const path = join(dir, name);
  let file: FileHandle;
  try {
    if (noFollow === 0 && (await isLink(path))) throw unfitPart(dir, name, 'a link');
    file = await open(path, appendFlags, mode);
  } catch (error) {
    throw ['ELOOP', 'ENXIO', 'EISDIR', 'EMLINK'].includes(systemCode(error)) ? partError(dir, name, error) : error;
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) throw unfitPart(dir, name, 'something else');
    if (found.nlink > 1) throw unfitPart(dir, name, 'one that has a second name (a hard link)');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Looks at all parts of a session's folder before one is written: the folder is a folder, and in it are files and folders, each of its own
 * kind. Nothing is followed.
 *
 * @throws OrcError `ERR_ORC_SESSION_CORRUPT`.
 */
export async function checkParts(dir: string): Promise<void> {
  await checkFolder(dir);
  let entries;
  try {
    entries = await readdir(dir, { withFileTypes: true });
  } catch (error) {
    throw readError(dir, error);
  }
  for (const entry of entries) {
    const { name } = entry;
    if (entry.isSymbolicLink()) throw unfitPart(dir, name, 'a link');
    if (entry.isDirectory() ? files.has(name) : folders.has(name) || !entry.isFile())
      throw unfitPart(dir, name, entry.isDirectory() ? 'a folder' : entry.isFile() ? 'a file' : 'something else');
  }
}

/** Makes sure that a session's folder is a folder and no link to one. Throws as `checkParts` does; one that is not there passes. */
export async function checkFolder(dir: string): Promise<void> {
  const found = await lstat(dir).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
    throw readError(dir, error);
  });
  if (found?.isSymbolicLink() === true) throw unfitPart(dir, undefined, 'a link');
}

/**
 * Makes sure that a session is this user's, or that of whoever owns the data folder, which the user chose: anybody else could exchange its parts
 * while they are written.
 *
 * @throws OrcError `ERR_ORC_SESSION_FOREIGN`.
 */
export async function checkOwner(
  dir: string,
  dataDir: string,
  session: string,
  uid: number | undefined,
): Promise<void> {
  if (uid === undefined) return;
  const owner = (await lstat(dir)).uid;
  if (owner === uid || owner === (await lstat(dataDir)).uid) return;
  throw new OrcError(
    'ERR_ORC_SESSION_FOREIGN',
    `Expected session \`${session}\` to be a folder of this user (${uid}), but it is one of user ${owner}`,
    { hint: 'It can be read. To go on with it, copy its folder to a data folder of your own.', retryable: false },
  );
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

function partError(dir: string, name: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === 'ELOOP' || code === 'EMLINK') return unfitPart(dir, name, 'a link', error);
  if (code === 'ENXIO') return unfitPart(dir, name, 'a pipe or a socket', error);
  if (code === 'EISDIR') return unfitPart(dir, name, 'a folder', error);
  return readError(dir, error);
}
