import { rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryIn, writeAtomically } from './atomic-write.ts';
import type { SweepResult } from './contract.ts';
import { type FoundFile, list, look, readHeader, walk } from './inventory.ts';
import type { Layout } from './layout.ts';
import { removeLeftLock } from './process-lock.ts';

/** How long what is left over is kept: files of a write that was killed, locks that nobody asked for again, corrupt entries. */
const TEMPORARY_AGE = 3_600_000;
const LOCK_AGE = 3_600_000;
const CORRUPT_AGE = 604_800_000;

/** What a sweep goes by. */
export interface SweepLimits {
  /** The time, in ms since 1970. */
  readonly now: number;
  /** How many bytes may stay. */
  readonly maxBytes: number;
  /** How long an entry stays that nobody reads, in ms. */
  readonly maxAge: number;
  /** Asked again and again; the sweep gives up when it says so. */
  readonly stopped: () => boolean;
  /** Sets a file aside that cannot be read. */
  readonly corrupt: (path: string, fault: string) => Promise<unknown>;
}

/** Removes what has expired, what nobody has read for long, what is too much, and what is left over. */
export async function sweep(layout: Layout, limits: SweepLimits): Promise<SweepResult> {
  const { now, maxBytes, maxAge, stopped } = limits;
  // On a full disk there may be no room even for this, and a sweep is what makes room.
  await writeAtomically(layout.swept, temporaryIn(layout.temporary), '').catch(() => undefined);
  let removed = 0;
  let bytes = 0;
  const remove = async (file: FoundFile): Promise<boolean> => {
    // It may have been read or written anew since it was looked at.
    if ((await look(file.path))?.usedAt !== file.usedAt || !(await removeFile(file.path))) return false;
    removed++;
    bytes += file.bytes;
    return true;
  };
  const kept: FoundFile[] = [];
  let total = 0;
  for await (const file of walk(layout, (path) => limits.corrupt(path, 'not a folder'))) {
    if (stopped()) return { removed, bytes };
    const header = await readHeader(file.path);
    if (header === undefined) continue;
    if ('fault' in header) await limits.corrupt(file.path, header.fault);
    else if (header.expiresAt <= now || file.usedAt + maxAge <= now) await remove(file);
    else {
      kept.push(file);
      total += file.bytes;
    }
  }
  if (total > maxBytes) {
    kept.sort((one, other) => one.usedAt - other.usedAt);
    for (const file of kept) {
      if (total <= maxBytes * 0.9 || stopped()) break;
      if (await remove(file)) total -= file.bytes;
    }
  }
  await removeOld(layout.temporary, now - TEMPORARY_AGE);
  await removeLocks(layout.locks, now - LOCK_AGE);
  await removeOld(layout.corrupt, now - CORRUPT_AGE);
  return { removed, bytes };
}

async function removeOld(folder: string, before: number, except?: string): Promise<void> {
  for (const name of await list(folder)) {
    if (except !== undefined && name.endsWith(except)) continue;
    const file = await look(join(folder, name));
    if (file !== undefined && file.usedAt < before) await rm(file.path, { force: true, recursive: true });
  }
}

/** Locks of the dead go at once. What a killed process was taking away (`.lock.…`) goes when it is old. */
async function removeLocks(folder: string, before: number): Promise<void> {
  for (const name of await list(folder)) {
    if (name.endsWith('.lock')) await removeLeftLock(join(folder, name), before);
  }
  await removeOld(folder, before, '.lock');
}

async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch {
    return false;
  }
}
