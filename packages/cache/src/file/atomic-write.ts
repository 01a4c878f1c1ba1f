import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { makeFolder } from './layout.ts';
import { codeOf } from './system-error.ts';

const NEW_FILE = { flag: 'wx', mode: 0o600 };
/** On Windows a file that somebody has open cannot be replaced for a moment; anywhere somebody may be emptying the folder. */
const RENAME_ATTEMPTS = 12;

const unique = `${process.pid}-${randomBytes(6).toString('hex')}`;
let counter = 0;

/** A name that no other write has, in this process or another. */
export function temporaryIn(folder: string): string {
  return `${folder}${sep}${unique}-${(counter++).toString(36)}.tmp`;
}

/** Replaces a file in one step; whoever reads it gets the old text or the new one. Returns a promise only if it had to wait. */
export function writeAtomicallySync(path: string, temporary: string, text: string): void | Promise<void> {
  try {
    create(temporary, text);
  } catch (error) {
    // A full disk, say. What is there of it must not stay.
    rmSync(temporary, { force: true });
    throw error;
  }
  try {
    renameSync(temporary, path);
  } catch (error) {
    // The first entry of its folder, nearly always.
    if (codeOf(error) !== 'ENOENT' || !tryAgain(temporary, path)) return renamePatiently(temporary, path, error);
  }
}

/** The same without blocking, for what is large. */
export async function writeAtomically(path: string, temporary: string, text: string): Promise<void> {
  try {
    await writeFile(temporary, text, NEW_FILE).catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      makeFolder(dirname(temporary));
      await writeFile(temporary, text, NEW_FILE);
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await renamePatiently(temporary, path, undefined);
}

/** Makes a file, and its folder anew if somebody has removed that. Node opens, writes and closes for a text in one call. */
function create(path: string, text: string): void {
  try {
    writeFileSync(path, text, NEW_FILE);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    makeFolder(dirname(path));
    writeFileSync(path, text, NEW_FILE);
  }
}

function tryAgain(temporary: string, path: string): boolean {
  try {
    makeFolder(dirname(path));
    renameSync(temporary, path);
    return true;
  } catch {
    return false;
  }
}

async function renamePatiently(temporary: string, path: string, first: unknown): Promise<void> {
  let failure = first;
  for (let attempt = 0; attempt < RENAME_ATTEMPTS; attempt++) {
    try {
      if (failure !== undefined) {
        const code = codeOf(failure);
        if (code === 'ENOENT') makeFolder(dirname(path));
        else if (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY') await delay(2 ** Math.min(attempt, 6));
        else break;
      }
      await rename(temporary, path);
      return;
    } catch (error) {
      failure = error;
    }
  }
  await rm(temporary, { force: true });
  throw failure;
}
