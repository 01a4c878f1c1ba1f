import { OrcError } from '../errors.ts';
import { isMembers } from './check-record.ts';
import { decodeRecord, editedNote, journalVersion } from './journal-record.ts';
import type { EndRecord, JournalRecord, OtherRecord, TaskLine } from './journal-record.ts';
import { corruptPart } from './session-errors.ts';

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
/** The longest line, in bytes. An output inside a record has 64 KB at most; what is longer than this was never written by a session. */
const longestLine: number = 64 * 1024 * 1024;

/**
 * Reads a journal piece by piece. A torn tail and damaged lines are passed over: each record stands for itself, so what is whole stays usable.
 */
export class JournalFold {
  readonly #session: string;
  readonly #outputs: boolean;
  readonly #tasks = new Map<string, TaskLine>();
  #mixed = false;
  #end: EndRecord | undefined;
  #updatedAt: number | undefined;
  #header = false;
  #begun = false;
  #read = 0;
  #wholeBytes = 0;
  #damaged = 0;
  #damagedSince = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  /**
   * Begins with an empty journal.
   *
   * @param session - The session's id, for messages.
   * @param outputs - Whether the outputs that stand in the records are kept.
   */
  constructor(session: string, outputs = true) {
    this.#session = session;
    this.#outputs = outputs;
  }

  /**
   * Takes in the next bytes.
   *
   * @throws OrcError `ERR_ORC_SESSION_VERSION` when a later version of the program wrote it, `ERR_ORC_SESSION_CORRUPT` when a line has no end.
   */
  add(bytes: Buffer): void {
    let start = 0;
    for (let stop = bytes.indexOf(lineFeed); stop !== -1; stop = bytes.indexOf(lineFeed, start)) {
      this.#line(this.#whole(bytes, start, stop));
      start = stop + 1;
    }
    if (start === bytes.length) return;
    // A copy: the caller reads the next piece into the same memory.
    this.#pending.push(Buffer.from(bytes.subarray(start)));
    this.#pendingBytes += bytes.length - start;
    if (this.#pendingBytes > longestLine)
      throw corruptPart(
        this.#session,
        'journal.ndjson',
        `be lines of records, but there is one of more than ${longestLine / 1024 / 1024} MB`,
      );
  }

  /** What was taken in so far. */
  content(): JournalContent {
    return {
      tasks: this.#tasks,
      mixed: this.#mixed,
      end: this.#end,
      updatedAt: this.#updatedAt,
      header: this.#header,
      wholeBytes: this.#wholeBytes,
      damaged: this.#damaged,
    };
  }

  #whole(bytes: Buffer, start: number, stop: number): string {
    if (this.#pending.length === 0) {
      this.#read += stop - start + 1;
      return bytes.toString('utf8', start, stop);
    }
    const line = Buffer.concat([...this.#pending, bytes.subarray(start, stop)]);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#read += line.length + 1;
    return line.toString('utf8');
  }

  #line(line: string): void {
    if (!this.#begun) checkVersion(line, this.#session);
    this.#begun = true;
    const record = decodeRecord(line);
    if (record === undefined) {
      this.#damagedSince += 1;
      return;
    }
    this.#wholeBytes = this.#read;
    this.#damaged += this.#damagedSince;
    this.#damagedSince = 0;
    this.#updatedAt = Math.max(this.#updatedAt ?? 0, record.at);
    this.#take(record);
  }

  #take(record: JournalRecord | OtherRecord): void {
    switch (record.type) {
      case 'header':
        this.#header = true;
        break;
      case 'task':
        this.#mixed ||= this.#tasks.has(record.task);
        this.#tasks.set(record.task, this.#outputs ? record : withoutOutput(record));
        break;
      case 'note':
        this.#mixed ||= record.name === editedNote;
        break;
      case 'end':
        this.#end = record;
        break;
      case 'open':
        this.#end = undefined;
        break;
      case 'other':
        break;
    }
  }
}

function withoutOutput({ output: _output, ...rest }: TaskLine): TaskLine {
  return rest;
}

/** Reads a journal that is all in memory. Throws as {@link JournalFold.add} does. */
export function readJournal(bytes: Buffer, session: string): JournalContent {
  const fold = new JournalFold(session);
  fold.add(bytes);
  return fold.content();
}

/** The last record of a journal, from the bytes at its end; `undefined` when that record is not whole or not all in there. */
export function lastRecord(tail: Buffer): JournalRecord | OtherRecord | undefined {
  if (tail.at(-1) !== lineFeed) return undefined;
  const before = tail.lastIndexOf(lineFeed, tail.length - 2);
  return before === -1 ? undefined : decodeRecord(tail.toString('utf8', before + 1, tail.length - 1));
}

// Told from the plain JSON: a later version may have another checksum.
function checkVersion(line: string, session: string): void {
  let header: unknown;
  try {
    header = JSON.parse(line);
  } catch {
    return;
  }
  const schema = isMembers(header) ? header['schema'] : undefined;
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
    `Expected session \`${session}\` to have format \`${name}/${newest}\` or older, got \`${schema.slice(0, 80)}\``,
    { hint: 'A later version wrote this session: update the program, or resume it there.', retryable: false },
  );
}
