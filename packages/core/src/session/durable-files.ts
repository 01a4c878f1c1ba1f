import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Flusher } from './flusher.ts';

/** Mode of every folder of a session: its owner's alone, since requests and outputs are private. */
export const folderMode = 0o700;

/** Mode of every file of a session. */
export const fileMode = 0o600;

/** Makes a folder and those above it. Step by step: Node's own recursion never ends where a parent refuses with ENOENT, as /proc does. */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { mode: folderMode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(dir)).isDirectory()) return;
    const parent = dirname(dir);
    if (code !== 'ENOENT' || parent === dir) throw error;
    await makeFolder(parent);
    // Another writer may have been faster.
    await mkdir(dir, { mode: folderMode }).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
}

/** A file that has just been written, open. */
export interface NewFile {
  /** Its descriptor. */
  readonly file: number;
  /** Its size. */
  readonly bytes: number;
}

/**
 * Writes a new file into the page cache, at once: that takes microseconds, where each step on another thread costs as much as a quick disk's
 * flush. Returns it open, to be flushed.
 */
export function writeNew(path: string, content: string | Uint8Array): NewFile {
  const file = openSync(path, 'wx', fileMode);
  try {
    if (typeof content === 'string') return { file, bytes: writeText(file, content) };
    writeAll(file, content);
    return { file, bytes: content.length };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

const encoder = new TextEncoder();
const scratchBytes: number = 256 * 1024;
let scratch: Uint8Array | undefined;

// Piece by piece through one buffer: to take fresh memory for all of a long text takes longer than to encode it and to write it.
function writeText(file: number, text: string): number {
  scratch ??= new Uint8Array(scratchBytes);
  let bytes = 0;
  for (let rest = text; rest !== '';) {
    const { read, written } = encoder.encodeInto(rest, scratch);
    writeAll(file, scratch.subarray(0, written));
    bytes += written;
    rest = rest.slice(read);
  }
  return bytes;
}

/** Writes texts, as many with one call as are not long together: all of them may be more than one text can hold. Returns how many bytes they are. */
export function writeTexts(file: number, texts: readonly string[]): number {
  let bytes = 0;
  let some = '';
  for (const text of texts) {
    some += text;
    if (some.length < scratchBytes) continue;
    bytes += writeText(file, some);
    some = '';
  }
  return bytes + writeText(file, some);
}

// One call may write fewer bytes than it was given.
function writeAll(file: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length) offset += writeSync(file, bytes, offset);
}

/** Waits until the disk has a new file, and closes it. */
export async function flushNew({ file, bytes }: NewFile, flusher: Flusher): Promise<void> {
  try {
    await flusher.flush(file, bytes);
  } finally {
    closeSync(file);
  }
}

/** What is longer, in bytes or in UTF-16 units, is written on another thread: it would hold the event loop up for milliseconds. */
const longLength: number = 1024 * 1024;

/** Writes a file and waits until the disk has it. The file must not exist. */
export async function writeDurable(path: string, content: string | Uint8Array, flusher: Flusher): Promise<void> {
  if (content.length > longLength) return writeAside(path, content);
  await flushNew(writeNew(path, content), flusher);
}

async function writeAside(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', fileMode);
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Puts a file in place whole or not at all: written to `temp`, flushed, renamed, and the folder's entry flushed too. */
export async function replaceDurable(
  path: string,
  content: string | Uint8Array,
  temp: string,
  flusher: Flusher,
): Promise<void> {
  try {
    await writeDurable(temp, content, flusher);
    renameSync(temp, path);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
  await flusher.flushFolder(dirname(path));
}

/** Writes a small file that must not exist, at once, without waiting for the disk. */
export function writeWhole(path: string, content: string): void {
  const file = openSync(path, 'wx', fileMode);
  try {
    writeSync(file, content);
  } finally {
    closeSync(file);
  }
}
