import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { digest, type JsonValue } from '@orc/cache';

import { flushNew, writeNew } from './durable-files.ts';
import type { Flusher } from './flusher.ts';
import { partBytes, readPart } from './session-files.ts';
import type { StagedFile } from './session-port.ts';

/** The most bytes that an output may have inside its record; a larger one gets a file of its own. */
const inlineBytes: number = 64 * 1024;

/** An output that gets a file: a text as it is, or JSON. */
export interface LargeOutput {
  readonly content: string;
  readonly text: boolean;
}

/** How an output is kept: as JSON in its record, or as a file; `undefined` where JSON has no form of it. */
export function outputForm(output: JsonValue): { readonly json: string } | LargeOutput | undefined {
  if (typeof output === 'string' && isLarge(output) && (output as WellFormed).isWellFormed())
    return { content: output, text: true };
  const json = JSON.stringify(output) as string | undefined;
  if (json === undefined) return undefined;
  return isLarge(json) ? { content: json, text: false } : { json };
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

/** A large output that has its name. */
export interface PlacedFile {
  /** The name of its file. */
  readonly name: string;
  /** Resolves when the disk has the file under this name. */
  readonly durable: Promise<void>;
}

/** An output that could not be written. */
export function unwritten(output: LargeOutput, error: unknown): StagedFile {
  return { ...output, temp: undefined, flushed: Promise.reject(error) };
}

/** The files of large outputs of one session. */
export class OutputFiles {
  readonly #folder: string;
  readonly #flusher: Flusher;
  readonly #placed = new Map<string, Promise<void>>();

  /** In this folder, which must be there when the first is placed. */
  constructor(folder: string, flusher: Flusher) {
    this.#folder = folder;
    this.#flusher = flusher;
  }

  /** Writes an output and begins to flush it, before it has a name: that is made of a hash, and the disk is busy while the hash is made. */
  stage(output: LargeOutput, temp: string): StagedFile {
    try {
      return { ...output, temp, flushed: flushNew(writeNew(temp, output.content), this.#flusher) };
    } catch (error) {
      rmSync(temp, { force: true });
      return unwritten(output, error);
    }
  }

  /**
   * Gives a staged output its name; once for outputs that are equal. A text is named by its digest, which the engine has made already; other
   * values by the hash of their JSON, because the digest is the same for members in another order.
   *
   * @returns The name, under which it can be read from now on, and what resolves when the disk has it.
   * @throws What kept it from being written or named.
   */
  async place({ content, text, temp, flushed }: StagedFile, outputDigest: string): Promise<PlacedFile> {
    if (temp === undefined) await flushed;
    const name = text ? outputDigest : sha256(content);
    let durable = this.#placed.get(name);
    if (durable === undefined) {
      // One that is there from an earlier time is replaced: nobody knows whether the disk has it.
      renameSync(temp as string, join(this.#folder, name));
      durable = this.#settle(name, flushed);
      this.#placed.set(name, durable);
      durable.catch(() => undefined);
    } else {
      // Not while it is flushed: there are systems where an open file can't be removed.
      await flushed;
      rmSync(temp as string, { force: true });
    }
    return { name, durable };
  }

  async #settle(name: string, flushed: Promise<void>): Promise<void> {
    try {
      await Promise.all([flushed, this.#flusher.flushFolder(this.#folder)]);
    } catch (error) {
      this.#placed.delete(name);
      // Its record may be on the disk all the same. From memory the file could still be read, and pass for one that is durable.
      rmSync(join(this.#folder, name), { force: true });
      throw error;
    }
  }
}

/** Reads an output's file; `undefined` when it is missing or damaged, and so its task is not done. */
export async function readOutputFile(
  folder: string,
  name: string,
  isText: boolean,
): Promise<{ readonly output: JsonValue } | undefined> {
  if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
  try {
    const text = await readPart(folder, name, partBytes.output);
    if (text === undefined) return undefined;
    if (isText) return digest(text) === name ? { output: text } : undefined;
    return sha256(text) === name ? { output: JSON.parse(text) as JsonValue } : undefined;
  } catch {
    return undefined;
  }
}
