import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digest, type JsonValue } from '@orc/cache';

import { flushFile, syncFolder, writeNew } from './durable-files.ts';

/** The most bytes that an output may have inside its record; a larger one gets a file of its own. */
const inlineBytes: number = 64 * 1024;

/** How an output is kept: as JSON in its record, or as a file, which is a text as it is or JSON. */
export type OutputForm =
  | { readonly json: string }
  | { readonly file: string; readonly content: string; readonly text: boolean };

/**
 * Chooses how to keep an output; `undefined` where JSON has no form of it. A large text is written as it is and named by its digest, which
 * the engine has made already: neither JSON nor a second hash is to be made of it. Other values are named by the hash of their JSON, because
 * the digest is the same for members in another order.
 */
export function outputForm(output: JsonValue, outputDigest: string): OutputForm | undefined {
  if (typeof output === 'string' && isLarge(output) && (output as WellFormed).isWellFormed())
    return { file: outputDigest, content: output, text: true };
  const json = JSON.stringify(output) as string | undefined;
  if (json === undefined) return undefined;
  return isLarge(json) ? { file: sha256(json), content: json, text: false } : { json };
}

/** What Node 20 has and the ES2023 library of TypeScript does not know yet. */
type WellFormed = string & { isWellFormed(): boolean };

// Between one and three bytes for each UTF-16 unit: few texts need a count.
function isLarge(text: string): boolean {
  if (text.length * 3 <= inlineBytes) return false;
  return text.length > inlineBytes || Buffer.byteLength(text) > inlineBytes;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The files of large outputs of one session. */
export class OutputFiles {
  readonly #folder: string;
  readonly #written = new Map<string, Promise<void>>();

  /** In this folder, which must be there when the first is written. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a file and waits until the disk has it; once for outputs that are equal. */
  write(name: string, content: string, temp: string): Promise<void> {
    let written = this.#written.get(name);
    if (written === undefined) {
      written = this.#write(name, content, temp);
      this.#written.set(name, written);
      written.catch(() => this.#written.delete(name));
    }
    return written;
  }

  // Moved into place before it is flushed, so that file and folder are flushed at once: until then no record names it, and whoever reads it
  // checks it. One that is there from an earlier time is replaced, since nobody knows whether the disk has it.
  async #write(name: string, content: string, temp: string): Promise<void> {
    let file: number;
    try {
      file = writeNew(temp, bytesOf(content));
      renameSync(temp, join(this.#folder, name));
    } catch (error) {
      rmSync(temp, { force: true });
      throw error;
    }
    await Promise.all([flushFile(file), syncFolder(this.#folder)]);
  }
}

// As Latin-1 what is ASCII alone is copied, and not looked at letter by letter.
function bytesOf(text: string): Buffer {
  return Buffer.from(text, Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8');
}

/** Reads an output's file; `undefined` when it is missing or damaged, and so its task is not done. */
export async function readOutputFile(
  folder: string,
  name: string,
  isText: boolean,
): Promise<{ readonly output: JsonValue } | undefined> {
  if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
  try {
    const text = await readFile(join(folder, name), 'utf8');
    if (isText) return digest(text) === name ? { output: text } : undefined;
    return sha256(text) === name ? { output: JSON.parse(text) as JsonValue } : undefined;
  } catch {
    return undefined;
  }
}
