import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const MODE = 0o600;
/** On Windows a file that somebody has open cannot be replaced for a moment. */
const RENAME_ATTEMPTS = 12;

const unique = `${process.pid}-${randomBytes(6).toString('hex')}`;
let counter = 0;

/** A name that no other write has, in this process or another. */
export function temporaryIn(folder: string): string {
  return `${folder}${sep}${unique}-${(counter++).toString(36)}.tmp`;
}

/** Replaces a file in one step; whoever reads it gets the old bytes or the new ones. Returns a promise only if it had to wait. */
export function writeAtomicallySync(path: string, temporary: string, bytes: Buffer): void | Promise<void> {
  try {
    const file = create(temporary);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // A full disk, say. What is there of it must not stay.
    rmSync(temporary, { force: true });
    throw error;
  }
  try {
    renameSync(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      renameSync(temporary, path);
      return;
    }
    return renamePatiently(temporary, path, error);
  }
}

/** The same without blocking, for what is large. */
export async function writeAtomically(path: string, temporary: string, bytes: Buffer): Promise<void> {
  try {
    const file = await open(temporary, 'wx', MODE).catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      await mkdir(dirname(temporary), { recursive: true, mode: 0o700 });
      return open(temporary, 'wx', MODE);
    });
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await renamePatiently(temporary, path, undefined);
}

/** Makes a file, and its folder anew if somebody has removed that. */
function create(path: string): number {
  try {
    return openSync(path, 'wx', MODE);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'wx', MODE);
  }
}

async function renamePatiently(temporary: string, path: string, first: unknown): Promise<void> {
  let failure = first;
  for (let attempt = 0; attempt < RENAME_ATTEMPTS; attempt++) {
    if (failure !== undefined) {
      const code = codeOf(failure);
      if (code === 'ENOENT' && attempt < 2) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      else if (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY') await delay(2 ** Math.min(attempt, 6));
      else break;
    }
    try {
      await rename(temporary, path);
      return;
    } catch (error) {
      failure = error;
    }
  }
  await rm(temporary, { force: true });
  throw failure;
}

/** The code of a system error: `ENOENT`, `EACCES`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
