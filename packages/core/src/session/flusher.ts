import { closeSync, fdatasync, fdatasyncSync, fsync, fsyncSync, openSync } from 'node:fs';
import { promisify } from 'node:util';

import { systemCode } from './system-code.ts';

/** A flush that takes less, in milliseconds, is quick: the way to another thread and back costs a tenth of it, or more. */
const quickMs = 0.5;
/** So many quick flushes in a row say that the disk is a quick one; twice as many each time it was believed and then was not. */
const quickRow = 3;
/** After so many the doubts are gone. */
const longRow = 100;
/** What is larger, in bytes, is flushed on another thread, and says nothing of how quick the disk is. */
const largeBytes: number = 64 * 1024;

/** Of a file its data, of a folder all there is. */
export type FlushKind = 'file' | 'folder';

/** How a flusher reaches the disk and tells the time; tests hand in others. */
export interface FlushCalls {
  /** Flushes an open file on the spot: nothing else happens meanwhile. */
  here(file: number, kind: FlushKind): void;
  /** Flushes it on another thread. */
  there(file: number, kind: FlushKind): Promise<void>;
  /** Milliseconds since some moment. */
  now(): number;
}

const flushData = promisify(fdatasync);
const flushAll = promisify(fsync);

const systemCalls: FlushCalls = {
  here: (file, kind) => (kind === 'file' ? fdatasyncSync : fsyncSync)(file),
  there: (file, kind) => (kind === 'file' ? flushData : flushAll)(file),
  now: () => performance.now(),
};

/**
 * Flushes what was written, and learns from each flush how quick the disk is. A flush for which a quick disk takes no longer than the parsing of a
 * page of JSON is done on the spot: another thread would only add the way there and back. As soon as one takes longer, the next ones go to another
 * thread, so that a disk that has become slow holds the event loop up once, and one that is slow now and then a few times. So do those that come while one is on its way there: a disk can do more
 * than one at a time.
 */
export class Flusher {
  readonly #calls: FlushCalls;
  #row = 0;
  #needed = quickRow;
  #aside = 0;

  /** Knows nothing of the disk yet, and so starts on another thread. */
  constructor(calls: FlushCalls = systemCalls) {
    this.#calls = calls;
  }

  /** Whether the next small flush is done on the spot. */
  get onTheSpot(): boolean {
    return this.#row >= this.#needed && this.#aside === 0;
  }

  /** Waits until the disk has what was written to an open file: so many bytes. */
  flush(file: number, bytes: number): Promise<void> {
    return this.#flush(file, 'file', bytes > largeBytes);
  }

  /** Waits until the disk has a folder's entries, so that a new name in it survives a power cut. Systems that can't flush a folder do without. */
  async flushFolder(dir: string): Promise<void> {
    let folder: number;
    try {
      folder = openSync(dir, 'r');
    } catch (error) {
      if (isUnsupported(error)) return;
      throw error;
    }
    try {
      await this.#flush(folder, 'folder', false);
    } catch (error) {
      if (!isUnsupported(error)) throw error;
    } finally {
      closeSync(folder);
    }
  }

  async #flush(file: number, kind: FlushKind, large: boolean): Promise<void> {
    const calls = this.#calls;
    // What takes long for its size, or because the disk was busy with another, says nothing of how quick the disk is.
    const telling = !large && this.#aside === 0;
    const onTheSpot = telling && this.onTheSpot;
    const begun = calls.now();
    if (onTheSpot) calls.here(file, kind);
    else {
      this.#aside += 1;
      try {
        await calls.there(file, kind);
      } finally {
        this.#aside -= 1;
      }
    }
    if (telling) this.#learn(calls.now() - begun < quickMs, onTheSpot);
  }

  #learn(quick: boolean, onTheSpot: boolean): void {
    this.#row = quick ? this.#row + 1 : 0;
    if (!quick && onTheSpot) this.#needed *= 2;
    else if (this.#row >= longRow) this.#needed = quickRow;
  }
}

function isUnsupported(error: unknown): boolean {
  return ['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(systemCode(error));
}
