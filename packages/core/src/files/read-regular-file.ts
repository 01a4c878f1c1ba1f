import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';

/** Why a file was not read. */
export interface RefusedFile {
  readonly content?: undefined;
  /** `missing`; `link` and `type` for what is no plain file; `large`; `unreadable` for all that the system says besides. */
  readonly refused: 'missing' | 'link' | 'type' | 'large' | 'unreadable';
  /** What it is instead, or how large, or the system's code: for messages. */
  readonly detail: string;
  /** The system's error, where there is one. */
  readonly cause?: unknown;
}

/** The bytes of a file, or why there are none. */
export type ReadFileResult =
  | { readonly content: Buffer; readonly refused?: undefined; readonly detail?: undefined }
  | RefusedFile;

/** How a file is read. */
export interface ReadFileOptions {
  /** The most bytes that it may hold. */
  readonly maxBytes: number;
  /**
   * Whether a link at the end of the path is followed.
   * @defaultValue true
   */
  readonly followLinks?: boolean | undefined;
}

/**
 * Reads a whole file whose path comes from outside. Only plain files are read, and never more than `maxBytes` of one: a FIFO, a device, a socket
 * or a folder is refused by its type before it is opened, so that nothing here waits or goes on without end.
 */
export function readRegularFile(path: string, { maxBytes, followLinks = true }: ReadFileOptions): ReadFileResult {
  try {
    const found = followLinks ? statSync(path) : lstatSync(path);
    const refused = refusal(found, maxBytes);
    if (refused !== undefined) return refused;
    return readOpened(path, maxBytes, followLinks);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') return { refused: 'link', detail: 'a link', cause: error };
    const refused = code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable';
    return { refused, detail: code, cause: error };
  }
}

// What stood at the path may be another thing by now: an open that does not block, and a second look at what was opened.
function readOpened(path: string, maxBytes: number, followLinks: boolean): ReadFileResult {
  // Windows knows neither of the last two: there they are nothing, and add nothing.
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  const descriptor = openSync(path, O_RDONLY | O_NONBLOCK | (followLinks ? 0 : O_NOFOLLOW));
  try {
    const found = fstatSync(descriptor);
    return refusal(found, maxBytes) ?? contentOf(descriptor, found.size, maxBytes);
  } finally {
    closeSync(descriptor);
  }
}

// A file may grow while it is read, and some that say they are empty never end.
function contentOf(descriptor: number, size: number, maxBytes: number): ReadFileResult {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(total === 0 ? size + 1 : 65_536);
    const count = readSync(descriptor, chunk);
    if (count === 0) return { content: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) };
    total += count;
    if (total > maxBytes) return large(total, maxBytes);
    chunks.push(chunk.subarray(0, count));
  }
}

function refusal(found: Stats, maxBytes: number): RefusedFile | undefined {
  if (found.isFile()) return found.size > maxBytes ? large(found.size, maxBytes) : undefined;
  if (found.isSymbolicLink()) return { refused: 'link', detail: 'a link' };
  return { refused: 'type', detail: typeOf(found) };
}

function large(size: number, maxBytes: number): RefusedFile {
  return { refused: 'large', detail: `${size} bytes, more than ${maxBytes}` };
}

function typeOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a FIFO';
  if (found.isSocket()) return 'a socket';
  return found.isBlockDevice() || found.isCharacterDevice() ? 'a device' : 'no plain file';
}
