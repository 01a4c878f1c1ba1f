import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';

import { codeOf } from '../errors.ts';
import { writeSize } from './units.ts';

/** The most bytes of a file that people write by hand. */
const mostBytes: number = 1024 * 1024;

/**
 * The text of a file that may be anything: a regular file is read up to a bound; a device, a pipe, a folder and what is too large are refused before a byte is read, and nothing waits.
 * `undefined` when there is none.
 *
 * @throws Error whose message says what it is instead, or the system's own.
 */
export function readPlainFile(path: string, limit: number = mostBytes): string | undefined {
  let fd: number | undefined;
  try {
    // To open a device can have effects of its own, so it is looked at before it is opened, and again after.
    checkPlain(statSync(path), limit);
    // A pipe that took the file's place in between would hold up an ordinary open.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0));
    checkPlain(fstatSync(fd), limit);
    return readWhole(fd, limit);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The size of a file may not be what is read from it (as in /proc), so that the bound is kept while reading. */
function readWhole(fd: number, limit: number): string {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(16 * 1024);
    const bytes = readSync(fd, chunk);
    if (bytes === 0) return Buffer.concat(chunks).toString('utf8');
    total += bytes;
    if (total > limit) throw tooLarge(limit);
    chunks.push(chunk.subarray(0, bytes));
  }
}

function checkPlain(stats: Stats, limit: number): void {
  if (stats.isDirectory()) throw new Error('it is a folder, not a file');
  if (stats.isFIFO()) throw new Error('it is a pipe, not a file');
  if (stats.isSocket()) throw new Error('it is a socket, not a file');
  if (!stats.isFile()) throw new Error('it is a device, not a file');
  if (stats.size > limit) throw tooLarge(limit);
}

function tooLarge(limit: number): Error {
  return new Error(`it is larger than ${writeSize(limit)}`);
}
