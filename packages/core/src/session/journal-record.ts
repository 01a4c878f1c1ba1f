import { crc32 } from 'node:zlib';

import type { JsonObject, JsonValue } from '@orc/cache';

import type { RunStatus } from '../events.ts';
import { checkRecord } from './check-record.ts';
import type { TaskRecord } from './session-port.ts';

/** The version of the journal that this code writes. It reads this one and all older ones. */
export const journalVersion = 1;

/** The first line of a journal. */
export interface HeaderRecord {
  /** Its kind. */
  readonly type: 'header';
  /** The format, `orc.journal/<version>`. */
  readonly schema: string;
  /** The session's id. */
  readonly session: string;
  /** When the journal was begun, in milliseconds since the epoch. */
  readonly at: number;
}

/** A finished task; the output is in the record, or in a file that the record names. */
export interface TaskLine extends Omit<TaskRecord, 'output'> {
  /** Its kind. */
  readonly type: 'task';
  /** When it was recorded. */
  readonly at: number;
  /** The output. */
  readonly output?: JsonValue;
  /** The output's file in `outputs/`, by its name: SHA-256 of its JSON, or the digest of a text. */
  readonly outputFile?: string;
  /** Whether that file holds a text as it is, and not JSON. */
  readonly outputText?: boolean;
}

/** The session was opened again, to be continued. */
export interface OpenRecord {
  /** Its kind. */
  readonly type: 'open';
  /** When. */
  readonly at: number;
}

/** Something that is not a task. */
export interface NoteRecord {
  /** Its kind. */
  readonly type: 'note';
  /** When. */
  readonly at: number;
  /** What it is about. */
  readonly name: string;
  /** What is known about it. */
  readonly data: JsonObject;
}

/** Name of the note that a session goes on with a pipeline that was edited. */
export const editedNote = 'edited';

/** The run ended. */
export interface EndRecord {
  /** Its kind. */
  readonly type: 'end';
  /** When. */
  readonly at: number;
  /** How. */
  readonly status: Exclude<RunStatus, 'interrupted'>;
  /** Tasks that the journal holds, so that a list need not read them all. */
  readonly tasks: number;
  /** Why, when it failed. */
  readonly error?: JsonObject;
}

/** A record of a kind that this version does not know: it is whole, and says nothing. */
export interface OtherRecord {
  /** Its kind. */
  readonly type: 'other';
  /** When. */
  readonly at: number;
}

/** One line of a journal. */
export type JournalRecord = HeaderRecord | TaskLine | OpenRecord | NoteRecord | EndRecord;

/** The first line of a new journal. */
export function journalHeader(session: string, at: number): HeaderRecord {
  return { type: 'header', schema: `orc.journal/${journalVersion}`, session, at };
}

const prefix = '{"crc":"';
const prefixLength = prefix.length + 8 + 2;

/**
 * A record as a line. The line is JSON, and its first member is the CRC-32 of all that follows it: a line that was written in part, or
 * was damaged later, can't be mistaken for a whole one.
 *
 * @param record - The record.
 * @param outputJson - JSON of the output, where the record is to hold one that is JSON already.
 */
export function encodeRecord(record: JournalRecord, outputJson?: string): string {
  const text = JSON.stringify(record);
  const rest = outputJson === undefined ? text.slice(1) : `${text.slice(1, -1)},"output":${outputJson}}`;
  return `${prefix}${checksum(rest)}",${rest}\n`;
}

/** The record of a line (without its line feed), or `undefined` when the line is not whole, or holds no record. */
export function decodeRecord(line: string): JournalRecord | OtherRecord | undefined {
  if (!line.startsWith(prefix) || !line.endsWith('}') || line.slice(prefixLength - 2, prefixLength) !== '",')
    return undefined;
  const rest = line.slice(prefixLength);
  if (line.slice(prefix.length, prefix.length + 8) !== checksum(rest)) return undefined;
  try {
    return checkRecord(JSON.parse(`{${rest}`));
  } catch {
    return undefined;
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
