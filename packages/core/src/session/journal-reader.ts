import { OrcError } from '../errors.ts';
import { decodeRecord, editedNote, journalVersion } from './journal-record.ts';
import type { EndRecord, JournalRecord, TaskLine } from './journal-record.ts';

/** What a journal holds. */
export interface JournalContent {
  /** The last record of each task. */
  readonly tasks: ReadonlyMap<string, TaskLine>;
  /** Whether records may not belong together: a task was recorded twice, since its first output was lost, or the pipeline was edited on the way. */
  readonly mixed: boolean;
  /** How the run ended, unless it was opened again after that. */
  readonly end: EndRecord | undefined;
  /** The time of the last record. */
  readonly updatedAt: number | undefined;
  /** Whether the first line is a header that can be read. */
  readonly header: boolean;
  /** Bytes up to the end of the last whole record; what follows is a torn tail. */
  readonly wholeBytes: number;
  /** Lines before that which are damaged and were passed over. */
  readonly damaged: number;
}

const lineFeed = 0x0a;

/**
 * Reads a journal. A torn tail and damaged lines are passed over: each record stands for itself, so what is whole stays usable.
 *
 * @param bytes - The file.
 * @param session - The session's id, for messages.
 * @throws OrcError `ERR_ORC_SESSION_VERSION` when a later version of the program wrote it.
 */
export function readJournal(bytes: Buffer, session: string): JournalContent {
  const tasks = new Map<string, TaskLine>();
  let mixed = false;
  let end: EndRecord | undefined;
  let updatedAt: number | undefined;
  let header = false;
  let wholeBytes = 0;
  let damaged = 0;
  let damagedSince = 0;
  let start = 0;
  while (start < bytes.length) {
    const stop = bytes.indexOf(lineFeed, start);
    if (stop === -1) break;
    const line = bytes.toString('utf8', start, stop);
    if (start === 0) checkVersion(line, session);
    const record = decodeRecord(line);
    start = stop + 1;
    if (record === undefined) {
      damagedSince += 1;
      continue;
    }
    wholeBytes = start;
    damaged += damagedSince;
    damagedSince = 0;
    updatedAt = Math.max(updatedAt ?? 0, record.at);
    if (record.type === 'header') header = true;
    else if (record.type === 'task') {
      mixed ||= tasks.has(record.task);
      tasks.set(record.task, record);
    } else if (record.type === 'note') mixed ||= record.name === editedNote;
    else if (record.type === 'end') end = record;
    else if (record.type === 'open') end = undefined;
  }
  return { tasks, mixed, end, updatedAt, header, wholeBytes, damaged };
}

/** The last record of a journal, from the bytes at its end; `undefined` when that record is not whole or not all in there. */
export function lastRecord(tail: Buffer): JournalRecord | undefined {
  if (tail.at(-1) !== lineFeed) return undefined;
  const before = tail.lastIndexOf(lineFeed, tail.length - 2);
  return before === -1 ? undefined : decodeRecord(tail.toString('utf8', before + 1, tail.length - 1));
}

// Told from the plain JSON: a later version may have another checksum.
function checkVersion(line: string, session: string): void {
  let schema: unknown;
  try {
    schema = (JSON.parse(line) as { readonly schema?: unknown } | null)?.schema;
  } catch {
    return;
  }
  if (typeof schema === 'string') checkSchema(schema, 'orc.journal', journalVersion, session);
}

/**
 * Checks the format of a file of a session.
 *
 * @throws OrcError `ERR_ORC_SESSION_VERSION` when it is not one that this code reads.
 */
export function checkSchema(schema: string, name: string, newest: number, session: string): void {
  const version = schema.startsWith(`${name}/`) ? Number(schema.slice(name.length + 1)) : Number.NaN;
  if (Number.isInteger(version) && version >= 1 && version <= newest) return;
  throw new OrcError(
    'ERR_ORC_SESSION_VERSION',
    `Expected session \`${session}\` to have format \`${name}/${newest}\` or older, got \`${schema}\``,
    { hint: 'A later version wrote this session: update the program, or resume it there.', retryable: false },
  );
}
