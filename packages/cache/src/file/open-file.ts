import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

import type { Unreadable } from '../tiers/entry-shape.ts';

/**
 * How files are opened to be read, where anybody may have put something else in their place: no link is followed, and a pipe keeps nobody
 * waiting.
 */
export const READ: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

const NOT_A_FILE: Unreadable = { fault: 'not a file' };

/** A file's bytes, whole; nothing of it if it is a device or the like, or larger than it may be. */
export async function readWhole(path: string, most: number): Promise<Buffer | Unreadable> {
  return readWith(path, (size) => (size > most ? { fault: 'size' } : size));
}

/** A file's first bytes, at most so many. */
export async function readStart(path: string, most: number): Promise<Buffer | Unreadable> {
  return readWith(path, (size) => Math.min(size, most));
}

/** The text of a small file, as far as `most` bytes go; `undefined` if it is none. Throws what the system does. */
export function readSmallSync(path: string, most: number): string | undefined {
  const file = openSync(path, READ);
  try {
    if (!fstatSync(file).isFile()) return undefined;
    const buffer = Buffer.allocUnsafe(most);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, most, 0));
  } finally {
    closeSync(file);
  }
}

async function readWith(path: string, lengthOf: (size: number) => number | Unreadable): Promise<Buffer | Unreadable> {
  const file = await open(path, READ);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return NOT_A_FILE;
    const length = lengthOf(stats.size);
    if (typeof length !== 'number') return length;
    const buffer = Buffer.allocUnsafe(length);
    let read = 0;
    // A network file system may bring it piece by piece.
    while (read < length) {
      const { bytesRead } = await file.read(buffer, read, length - read, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return buffer.subarray(0, read);
  } finally {
    await file.close();
  }
}
