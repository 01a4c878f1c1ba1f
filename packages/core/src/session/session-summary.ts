import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readError } from './session-errors.ts';
import { JournalFold, lastRecord } from './journal-reader.ts';
import type { JournalContent } from './journal-reader.ts';
import { readLock, stateOf } from './lock-holder.ts';
import type { LockContext } from './lock-holder.ts';
import { openPart } from './session-files.ts';
import type { SessionPlan, SessionSummary } from './session-port.ts';

/** What a summary takes from a journal. */
export type JournalFacts = Pick<JournalContent, 'end' | 'updatedAt'> & {
  /** Tasks that are done. */ readonly tasksDone: number;
};

/** How much of a journal is in memory at once, in bytes. */
const pieceBytes: number = 1024 * 1024;

/**
 * Reads a session's journal, piece by piece; one that is not there is empty.
 *
 * @param outputs - Whether the outputs that stand in the records are wanted.
 */
export async function loadJournal(dir: string, session: string, outputs = true): Promise<JournalContent> {
  const fold = new JournalFold(session, outputs);
  const file = await openPart(dir, 'journal.ndjson');
  if (file === undefined) return fold.content();
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return fold.content();
      fold.add(piece.subarray(0, bytesRead));
    }
  } catch (error) {
    throw readError(dir, error);
  } finally {
    await file.close();
  }
}

/** What a list needs of a journal: of a run that has ended, the last line tells it all. */
export async function journalFacts(dir: string, session: string): Promise<JournalFacts> {
  const record = await readLastRecord(dir);
  if (record?.type === 'end') return { end: record, updatedAt: record.at, tasksDone: record.tasks };
  const { end, updatedAt, tasks } = await loadJournal(dir, session, false);
  return { end, updatedAt, tasksDone: tasks.size };
}

/** How a session ended, where that is the last thing that it says. */
export async function endOf(dir: string): Promise<string | undefined> {
  const record = await readLastRecord(dir);
  return record?.type === 'end' ? record.status : undefined;
}

/** Who holds a session, as far as a look at its lock tells. */
export type LockLook = Pick<LockContext, 'hostname' | 'processes' | 'pid' | 'held'>;

/** A session as a list shows it, but for what its folder weighs. */
export function summarize(
  dir: string,
  plan: SessionPlan,
  facts: JournalFacts,
  look: LockLook,
): Omit<SessionSummary, 'bytes'> {
  const text = plan.request['text'];
  return {
    id: plan.sessionId,
    dir,
    createdAt: plan.createdAt,
    updatedAt: Math.max(facts.updatedAt ?? 0, plan.createdAt),
    ...standing(dir, facts, look),
    pipeline: { id: plan.pipeline.id, version: plan.pipeline.version, digest: plan.pipeline.digest },
    request: typeof text === 'string' ? text : '',
    model: plan.model.id,
    tasksDone: facts.tasksDone,
  };
}

function standing(dir: string, { end }: JournalFacts, look: LockLook): Pick<SessionSummary, 'status' | 'heldBy'> {
  const ended = end?.status ?? 'interrupted';
  const lock = readLock(dir);
  if (lock === undefined) return { status: ended };
  const state = stateOf(lock.holder, look);
  if (state === 'dead') return { status: ended };
  const { holder } = lock;
  return {
    status: state === 'alive' ? 'running' : 'unknown',
    ...(holder === undefined ? {} : { heldBy: { host: holder.host, pid: holder.pid, lastSeen: holder.heartbeat } }),
  };
}

// What can't be read here is told where the whole journal is.
async function readLastRecord(dir: string): Promise<ReturnType<typeof lastRecord>> {
  const file = await openPart(dir, 'journal.ndjson').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, 8192));
    const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
    return lastRecord(tail.subarray(0, bytesRead));
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** What a session's folder weighs. Nothing in it is followed. */
export async function folderBytes(dir: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) total += await folderBytes(path);
    else if (entry.isFile())
      total += await lstat(path).then(
        (found) => found.size,
        () => 0,
      );
  }
  return total;
}
