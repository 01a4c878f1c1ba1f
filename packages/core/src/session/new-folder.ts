import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { makeFolder, writeDurable } from './durable-files.ts';
import type { Flusher } from './flusher.ts';
import { systemCode } from './system-code.ts';
import { encodeRecord, journalHeader } from './journal-record.ts';
import { sessionExists } from './session-errors.ts';
import { SessionLock } from './session-lock.ts';
import type { LockContext } from './lock-holder.ts';
import type { SessionPlan } from './session-port.ts';

/**
 * Makes the folder of a new session, with its plan, an empty journal and the lock: made aside and moved into place, so that it is there
 * whole or not at all, and nobody sees it unlocked.
 *
 * @throws OrcError `ERR_ORC_SESSION_EXISTS`.
 */
export async function makeSessionFolder(
  root: string,
  plan: SessionPlan,
  locking: Omit<LockContext, 'session'>,
  flusher: Flusher,
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
    await Promise.all([
      writeDurable(join(aside, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`, flusher),
      writeDurable(join(aside, 'journal.ndjson'), encodeRecord(journalHeader(session, plan.createdAt)), flusher),
    ]);
    await flusher.flushFolder(aside);
    // A rename would replace an empty folder without a word.
    if (existsSync(dir)) throw sessionExists(session);
    lock = SessionLock.acquire(aside, { ...locking, session }, dir);
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
