import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { systemCode } from './system-code.ts';
import { readError } from './session-errors.ts';
import { lastRecord, readJournal } from './journal-reader.ts';
import type { JournalContent } from './journal-reader.ts';
import { isHolderAlive, readHolder } from './lock-holder.ts';
import type { LockContext } from './lock-holder.ts';
import type { SessionPlan, SessionSummary } from './session-port.ts';

/** What a summary takes from a journal. */
export type JournalFacts = Pick<JournalContent, 'end' | 'updatedAt'> & {
  /** Tasks that are done. */ readonly tasksDone: number;
};

/** Reads a session's journal; one that is not there is empty. */
export async function loadJournal(dir: string, session: string): Promise<JournalContent> {
  let bytes: Buffer;
  try {
    bytes = await readFile(join(dir, 'journal.ndjson'));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw readError(dir, error);
    bytes = Buffer.alloc(0);
  }
  return readJournal(bytes, session);
}

/** What a list needs of a journal: of a run that has ended, the last line tells it all. */
export async function journalFacts(dir: string, session: string): Promise<JournalFacts> {
  const record = await readLastRecord(join(dir, 'journal.ndjson'));
  if (record?.type === 'end') return { end: record, updatedAt: record.at, tasksDone: record.tasks };
  const { end, updatedAt, tasks } = await loadJournal(dir, session);
  return { end, updatedAt, tasksDone: tasks.size };
}

/** A session as a list shows it. */
export async function summarize(
  dir: string,
  plan: SessionPlan,
  facts: JournalFacts,
  context: Pick<LockContext, 'clock' | 'hostname' | 'processes' | 'staleMs'>,
): Promise<SessionSummary> {
  const holder = readHolder(dir);
  const running = holder !== undefined && isHolderAlive(holder, context);
  const text = plan.request['text'];
  return {
    id: plan.sessionId,
    dir,
    createdAt: plan.createdAt,
    updatedAt: Math.max(facts.updatedAt ?? 0, plan.createdAt),
    status: running ? 'running' : (facts.end?.status ?? 'interrupted'),
    pipeline: { id: plan.pipeline.id, version: plan.pipeline.version, digest: plan.pipeline.digest },
    request: typeof text === 'string' ? text : '',
    model: plan.model.id,
    tasksDone: facts.tasksDone,
    bytes: await folderBytes(dir),
  };
}

// What can't be read here is told where the whole journal is.
async function readLastRecord(path: string): Promise<ReturnType<typeof lastRecord>> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch {
    return undefined;
  }
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

async function folderBytes(dir: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) total += await folderBytes(path);
    else if (entry.isFile())
      total += await stat(path).then(
        (found) => found.size,
        () => 0,
      );
  }
  return total;
}
