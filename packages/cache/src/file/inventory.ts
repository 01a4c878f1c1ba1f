import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { FileEntry, FileTierStats } from './contract.ts';
import { decodeHeader, type FileHeader, type Unreadable } from './envelope.ts';
import { type Layout, READ } from './layout.ts';
import { faultOf } from './system-error.ts';

/** One file of the folder. */
export interface FoundFile {
  /** Where it is. */
  readonly path: string;
  /** How many bytes it has. */
  readonly bytes: number;
  /** When it was used last, in ms since 1970. */
  readonly usedAt: number;
}

const FIRST_READ = 4096;

/** Goes through the files of a layout, one shard after another. */
export async function* walk(layout: Layout): AsyncGenerator<FoundFile, void, undefined> {
  for (const shard of await list(layout.entries)) {
    const folder = join(layout.entries, shard);
    for (const name of await list(folder)) {
      const found = await look(join(folder, name));
      if (found !== undefined) yield found;
    }
  }
}

/** A file's size and time of last use; `undefined` if it has gone meanwhile. */
export async function look(path: string): Promise<FoundFile | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, bytes: size, usedAt: mtimeMs };
  } catch {
    return undefined;
  }
}

/** The names in a folder; none if there is no such folder. */
export async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

/** The header of a file, reading no more than it takes; `undefined` if the file has gone meanwhile. */
export async function readHeader(path: string): Promise<FileHeader | Unreadable | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, READ);
    for (let length = FIRST_READ; ; length *= 16) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, 0);
      const header = decodeHeader(buffer.subarray(0, bytesRead));
      if (header !== undefined) return header;
      if (bytesRead < length) return { fault: 'truncated' };
    }
  } catch (error) {
    const fault = faultOf(error);
    return fault === undefined ? undefined : { fault };
  } finally {
    await file?.close();
  }
}

/** Goes through the entries of a layout that can be read. */
export async function* listEntries(layout: Layout): AsyncGenerator<FileEntry, void, undefined> {
  for await (const { path, bytes, usedAt } of walk(layout)) {
    const header = await readHeader(path);
    if (header === undefined || 'fault' in header) continue;
    const { key, storedAt, expiresAt, tags = [], meta } = header;
    yield { key, bytes, storedAt, expiresAt: expiresAt ?? Infinity, usedAt, tags, meta };
  }
}

/** Counts what is in a layout. */
export async function takeStock(layout: Layout): Promise<FileTierStats> {
  let entries = 0;
  let bytes = 0;
  for await (const file of walk(layout)) {
    entries++;
    bytes += file.bytes;
  }
  const corrupt = (await list(layout.corrupt)).length;
  return { entries, bytes, corrupt, sweptAt: (await look(layout.swept))?.usedAt };
}
