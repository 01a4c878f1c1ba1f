import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Unreadable } from '../tiers/entry-shape.ts';
import { tagOf } from '../tiers/tag-marker.ts';
import type { FileEntry, FileTierStats } from './contract.ts';
import { decodeHeader, type FileHeader } from './envelope.ts';
import type { Layout } from './layout.ts';
import { readStart } from './open-file.ts';
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
/** A header that says it is longer is not read: it would be all of somebody's memory. */
const LONGEST_HEADER = 2 ** 26;

/** Goes through the files of a layout, one shard after another. What stands where a shard should, a link say, is not gone into. */
export async function* walk(
  layout: Layout,
  stranger?: (path: string) => Promise<unknown>,
): AsyncGenerator<FoundFile, void, undefined> {
  for (const shard of await list(layout.entries)) {
    const folder = join(layout.entries, shard);
    const stats = await lstat(folder).catch(() => undefined);
    if (stats?.isDirectory() !== true) {
      if (stats !== undefined) await stranger?.(folder);
      continue;
    }
    for (const name of await list(folder)) {
      const found = await look(join(folder, name));
      if (found !== undefined) yield found;
    }
  }
}

/** A file's size and time of last use; `undefined` if it has gone meanwhile. */
export async function look(path: string): Promise<FoundFile | undefined> {
  try {
    const { size, mtimeMs } = await lstat(path);
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
  try {
    const start = await readStart(path, FIRST_READ);
    if ('fault' in start) return start;
    const header = decodeHeader(start);
    if (typeof header !== 'number') return header;
    if (header > LONGEST_HEADER) return { fault: 'header' };
    const longer = await readStart(path, header);
    if ('fault' in longer) return longer;
    const whole = decodeHeader(longer);
    return typeof whole === 'number' ? { fault: 'truncated' } : whole;
  } catch (error) {
    const fault = faultOf(error);
    return fault === undefined ? undefined : { fault };
  }
}

/** Goes through the entries of a layout that can be read. */
export async function* listEntries(layout: Layout): AsyncGenerator<FileEntry, void, undefined> {
  for await (const { path, bytes, usedAt } of walk(layout)) {
    const header = await readHeader(path);
    // The markers of tags are the cache's own.
    if (header === undefined || 'fault' in header || tagOf(header.key) !== undefined) continue;
    const { key, storedAt, expiresAt, tags = [], meta } = header;
    yield { key, bytes, storedAt, expiresAt, usedAt, tags, meta };
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
