import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '../clock.ts';
import type { OrcError } from '../errors.ts';
import { readError } from './session-errors.ts';
import { systemCode } from './system-code.ts';
import { idTime, isSessionId } from './session-id.ts';
import { readPlan, type StoredPlan } from './session-plan.ts';

/** A session of a folder of sessions: its plan, or what keeps it from being read. */
export type FoundPlan = { readonly id: string } & ({ readonly stored: StoredPlan } | { readonly error: OrcError });

/** The names in a folder of sessions that can be those of sessions. */
export async function sessionNames(root: string): Promise<readonly string[]> {
  return (await namesIn(root)).filter((name) => isSessionId(name));
}

/**
 * The sessions of a folder, newest first, read as they are asked for: an id that was made here tells when, so that the plans of older sessions need
 * not be read. Those of sessions with another id all are.
 */
export async function* newestFirst(root: string): AsyncGenerator<FoundPlan, void, undefined> {
  const seconds = new Map<number, (string | FoundPlan)[]>();
  const put = (second: number, entry: string | FoundPlan): void => {
    const entries = seconds.get(second);
    if (entries === undefined) seconds.set(second, [entry]);
    else entries.push(entry);
  };
  for (const name of await sessionNames(root)) {
    const time = idTime(name);
    if (time !== undefined) {
      put(time, name);
      continue;
    }
    const found = await findPlan(root, name);
    if (found !== undefined) put(Math.floor(createdAt(found) / 1000) * 1000, found);
  }
  for (const second of [...seconds.keys()].toSorted((a, b) => b - a)) {
    const entries: FoundPlan[] = [];
    for (const entry of seconds.get(second) ?? []) {
      const found = typeof entry === 'string' ? await findPlan(root, entry) : entry;
      if (found !== undefined) entries.push(found);
    }
    yield* entries.toSorted((a, b) => createdAt(b) - createdAt(a) || (a.id < b.id ? 1 : -1));
  }
}

/** A session's plan, or what keeps it from being read: that must not hide the others. `undefined` for a folder without a plan, which is no session. */
export async function findPlan(root: string, id: string): Promise<FoundPlan | undefined> {
  try {
    return { id, stored: await readPlan(join(root, id), id) };
  } catch (error) {
    const told = readError(join(root, id), error);
    return told.code === 'ERR_ORC_SESSION_NOT_FOUND' ? undefined : { id, error: told };
  }
}

function createdAt(found: FoundPlan): number {
  return 'stored' in found ? found.stored.plan.createdAt : 0;
}

/** When anything right in a folder was last written, in milliseconds since the epoch. */
export async function touchedAt(dir: string): Promise<number> {
  const paths = [dir, ...(await namesIn(dir).catch(() => [])).map((name) => join(dir, name))];
  const times = await Promise.all(
    paths.map((path) =>
      lstat(path).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.reduce((latest, time) => Math.max(latest, time), 0);
}

/** Removes what a process left that was killed while it made or removed a session. */
export async function sweep(root: string, clock: Clock): Promise<void> {
  const before = clock.now() - 3_600_000;
  for (const name of await namesIn(root)) {
    if (!name.startsWith('.new-') && !name.startsWith('.removed-')) continue;
    const path = join(root, name);
    const touched = await lstat(path).then(
      (found) => found.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (touched < before) await rm(path, { recursive: true, force: true });
  }
}

async function namesIn(root: string): Promise<readonly string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return [];
    throw error;
  }
}
