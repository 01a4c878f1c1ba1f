import { fstatSync, ftruncateSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setImmediate } from 'node:timers';

import { fileMode, writeTexts } from './durable-files.ts';
import type { Flusher } from './flusher.ts';
import { openToAppend } from './session-files.ts';

/** So much is not held any longer: hits of a whole run come in one turn of the loop, and all their outputs would be in memory twice. */
const enough: number = 1024 * 1024;

// As it is when this module is loaded: fake timers of a test must not stop the journal.
const nextTurn = setImmediate;

/** What a journal needs before the first record is appended. */
export interface JournalStart {
  /** Where its last whole record ends: a torn tail after that is cut off. */
  readonly wholeBytes: number;
  /** Lines that go before the first record. */
  readonly preamble?: readonly string[] | undefined;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The appending end of a journal. Records go to the file in the order of the calls; those that come while the disk is busy are flushed
 * together, so that any number of concurrent appends costs two flushes at most.
 */
export class JournalWriter {
  readonly #file: FileHandle;
  readonly #beforeWrite: () => void;
  readonly #flusher: Flusher;
  #lines: string[] = [];
  #held = 0;
  #full: () => void = () => undefined;
  #waiters: Waiter[] = [];
  #flushing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #flushes = 0;
  #start: JournalStart | undefined;

  /** Appends to a file that is open for that. */
  constructor(file: FileHandle, start: JournalStart, flusher: Flusher, beforeWrite: () => void) {
    this.#file = file;
    this.#start = start;
    this.#flusher = flusher;
    this.#beforeWrite = beforeWrite;
  }

  /**
   * Opens a journal for appending. Nothing of it is changed before the first record is appended.
   *
   * @param path - The file; it is made when there is none.
   * @param start - What it needs before that.
   * @param flusher - Flushes it.
   * @param beforeWrite - Called before each write; what it throws keeps the records from being written.
   */
  static async open(
    path: string,
    start: JournalStart,
    flusher: Flusher,
    beforeWrite: () => void,
  ): Promise<JournalWriter> {
    const file = await openToAppend(dirname(path), basename(path), fileMode);
    return new JournalWriter(file, start, flusher, beforeWrite);
  }

  /** Flushes to the disk so far. */
  get flushes(): number {
    return this.#flushes;
  }

  /** Appends a record's line. Resolves when the disk has it. */
  append(line: string): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    this.#hold(line);
    return new Promise<void>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#begin();
    });
  }

  /** Appends a record's line that goes to the file soon, and to the disk with the next one that waits for it. */
  ride(line: string): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#hold(line);
    this.#begin();
  }

  /** Writes what is still held, waits for it and closes the file. */
  async close(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    await this.#file.close();
  }

  #hold(line: string): void {
    this.#lines.push(line);
    this.#held += line.length;
    if (this.#held >= enough) this.#full();
  }

  #begin(): void {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
      if (this.#lines.length > 0) this.#begin();
    });
  }

  async #flush(): Promise<void> {
    // Lets the appends of this moment gather, so that they share the flush. While one runs on another thread more of them gather for the next;
    // where it is done on the spot nothing does, so that it waits for all that ends in this turn of the loop.
    if (this.#flusher.onTheSpot && this.#held < enough) await this.#turn();
    else await Promise.resolve();
    const waiters = this.#waiters;
    const lines = this.#lines;
    this.#waiters = [];
    this.#lines = [];
    this.#held = 0;
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#beforeWrite();
      const preamble = this.#start === undefined ? [] : this.#prepare(this.#start);
      // Into the page cache only: that takes microseconds, and what is in there survives the death of the process.
      const bytes = writeTexts(this.#file.fd, [...preamble, ...lines]);
      if (waiters.length > 0) {
        this.#flushes += 1;
        await this.#flusher.flush(this.#file.fd, bytes);
      }
    } catch (error) {
      // After a failed write or flush nobody knows what the disk holds: nothing more may be called durable.
      this.#failure ??= { error };
      for (const waiter of waiters) waiter.reject(error);
      return;
    }
    for (const waiter of waiters) waiter.resolve();
  }

  // At once: records of this moment would gather for longer than they have to.
  #prepare({ wholeBytes, preamble = [] }: JournalStart): readonly string[] {
    if (fstatSync(this.#file.fd).size > wholeBytes) ftruncateSync(this.#file.fd, wholeBytes);
    this.#start = undefined;
    return preamble;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#full = resolve;
      nextTurn(resolve);
    });
  }
}
