import { closeSync, fdatasync, fsync, openSync, writeSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

// Its owner's alone: requests and outputs are private.
const folderMode = 0o700;

/** Mode of every file of a session. */
export const fileMode = 0o600;

/** Makes a folder and those above it. Step by step: Node's own recursion never ends where a parent refuses with ENOENT, as /proc does. */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { mode: folderMode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(dir)).isDirectory()) return;
    const parent = dirname(dir);
    if (code !== 'ENOENT' || parent === dir) throw error;
    await makeFolder(parent);
    // Another writer may have been faster.
    await mkdir(dir, { mode: folderMode }).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
}

/** Writes a file and waits until the disk has it. The file must not exist. */
export async function writeDurable(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', fileMode);
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/**
 * Writes a new file at once, into the page cache: that takes microseconds, where each step on another thread costs as much as a fast disk's
 * flush. Returns it open, for {@link flushFile}.
 */
export function writeNew(path: string, content: Uint8Array): number {
  const file = openSync(path, 'wx', fileMode);
  try {
    writeAll(file, content);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Waits until the disk has what was written to an open file, and closes it. */
export async function flushFile(file: number): Promise<void> {
  try {
    await flushData(file);
  } finally {
    closeSync(file);
  }
}

const flushData = promisify(fdatasync);
const flushAll = promisify(fsync);

/** Writes all bytes: one call may write fewer. */
export function writeAll(file: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length) offset += writeSync(file, bytes, offset);
}

/** Puts a file in place whole or not at all: written to `temp`, flushed, renamed, and the folder's entry flushed too. */
export async function replaceDurable(path: string, content: string | Uint8Array, temp: string): Promise<void> {
  try {
    await writeDurable(temp, content);
    await rename(temp, path);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Puts a small file in place whole, at once, without waiting for the disk. */
export function writeWhole(path: string, content: string, flags: 'w' | 'wx'): void {
  const file = openSync(path, flags, fileMode);
  try {
    writeSync(file, content);
  } finally {
    closeSync(file);
  }
}

/** Flushes a folder's entries, so that a new name in it survives a power cut. Systems that can't flush a folder do without. */
export async function syncFolder(dir: string): Promise<void> {
  let folder: number;
  try {
    folder = openSync(dir, 'r');
  } catch (error) {
    if (isUnsupported(error)) return;
    throw error;
  }
  try {
    await flushAll(folder);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  } finally {
    closeSync(folder);
  }
}

/** The code of a system error, or an empty text. */
export function systemCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { readonly code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

function isUnsupported(error: unknown): boolean {
  return ['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(systemCode(error));
}
