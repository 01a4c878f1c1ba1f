import { join } from 'node:path';

import { readError } from './session-errors.ts';
import { idTime } from './session-id.ts';
import { findPlan, sessionNames, touchedAt, type FoundPlan } from './session-listing.ts';
import { journalFacts, summarize, type LockLook } from './session-summary.ts';

/** Sessions that are to be removed for their age. */
export interface Prunable {
  /** Those that nobody holds. */
  readonly free: readonly string[];
  /** Those whose lock has to be watched first. */
  readonly held: readonly string[];
}

/** The finished, interrupted and damaged sessions that were last touched before a moment. No folder is weighed, and none is opened that is young by its id. */
export async function prunable(root: string, before: number, look: LockLook): Promise<Prunable> {
  const free: string[] = [];
  const held: string[] = [];
  for (const name of await sessionNames(root)) {
    const time = idTime(name);
    if (time !== undefined && time >= before) continue;
    const found = await findPlan(root, name);
    if (found === undefined) continue;
    const { updatedAt, status } = await ageOf(root, found, look);
    if (updatedAt >= before || status === 'running') continue;
    (status === 'unknown' ? held : free).push(name);
  }
  return { free, held };
}

async function ageOf(
  root: string,
  found: FoundPlan,
  look: LockLook,
): Promise<{ readonly updatedAt: number; readonly status: string }> {
  const dir = join(root, found.id);
  try {
    if ('error' in found) throw found.error;
    return summarize(dir, found.stored.plan, await journalFacts(dir, found.id), look);
  } catch (error) {
    // What a later version wrote is not damaged: it stays.
    const damaged = readError(dir, error).code === 'ERR_ORC_SESSION_CORRUPT';
    return { updatedAt: damaged ? await touchedAt(dir) : Number.POSITIVE_INFINITY, status: 'interrupted' };
  }
}
