import { lstatSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { makeFolder, writeDurable } from './durable-files.ts';
import type { Flusher } from './flusher.ts';
import { systemCode } from './system-code.ts';
import { encodeRecord, journalHeader } from './journal-record.ts';
import { sessionExists } from './session-errors.ts';
import { SessionLock } from './session-lock.ts';
import type { LockContext } from './lock-holder.ts';
import type { PlanSeal } from './plan-seal.ts';
import { planText } from './session-plan.ts';
import type { SessionPlan } from './session-port.ts';

/** What a new folder is made with. */
export interface FolderParts {
  /** Who locks it. */
  readonly locking: Omit<LockContext, 'session'>;
  /** Flushes what is written. */
  readonly flusher: Flusher;
  /** Notes where it was made. */
  readonly seal: PlanSeal;
}

/**
 * Makes the folder of a new session, with its plan, an empty journal and the lock: made aside and moved into place, so that it is there
 * whole or not at all, and nobody sees it unlocked.
 *
 * @throws OrcError `ERR_ORC_SESSION_EXISTS`.
 */
export async function makeSessionFolder(
  root: string,
  plan: SessionPlan,
  { locking, flusher, seal }: FolderParts,
): Promise<SessionLock> {
  const session = plan.sessionId;
  const dir = join(root, session);
  const aside = join(root, `.new-${session}-${locking.token()}`);
  let lock: SessionLock | undefined;
  try {
    await makeFolder(aside);
    // Here, so that their names are flushed with the rest.
    await makeFolder(join(aside, 'artifacts'));
    await makeFolder(join(aside, 'outputs'));
    const mac = await seal.make(plan);
    await Promise.all([
      writeDurable(join(aside, 'plan.json'), planText(plan, mac), flusher),
      writeDurable(join(aside, 'journal.ndjson'), encodeRecord(journalHeader(session, plan.createdAt)), flusher),
    ]);
    await flusher.flushFolder(aside);
    // A rename would replace an empty folder without a word, and a link that leads nowhere is there too.
    if (lstatSync(dir, { throwIfNoEntry: false }) !== undefined) throw sessionExists(session);
    lock = SessionLock.make(aside, { ...locking, session }, dir);
    await rename(aside, dir);
  } catch (error) {
    lock?.release();
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    // Somebody made it in this moment.
    throw lock !== undefined && ['ENOTEMPTY', 'EEXIST'].includes(systemCode(error)) ? sessionExists(session) : error;
  }
  await flusher.flushFolder(root);
  return lock;
}
