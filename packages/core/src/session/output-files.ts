import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonValue } from '@orc/cache';

import { makeFolder, replaceDurable } from './durable-files.ts';

/** The most bytes of JSON that an output may have inside its record; a larger one gets a file of its own. */
export const inlineBytes: number = 64 * 1024;

/** The name of an output's file: SHA-256 of its JSON text, hex. */
export function outputFileName(json: string): string {
  return createHash('sha256').update(json).digest('hex');
}

/** Writes an output's file, unless it is already there: its name tells its content. */
export async function writeOutputFile(folder: string, name: string, json: string, temp: string): Promise<void> {
  const path = join(folder, name);
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  );
  if (size === Buffer.byteLength(json)) return;
  await makeFolder(folder);
  await replaceDurable(path, json, temp);
}

/** Reads an output's file; `undefined` when it is missing or damaged, and so its task is not done. */
export async function readOutputFile(
  folder: string,
  name: string,
): Promise<{ readonly output: JsonValue } | undefined> {
  if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
  try {
    const json = await readFile(join(folder, name), 'utf8');
    return outputFileName(json) === name ? { output: JSON.parse(json) as JsonValue } : undefined;
  } catch {
    return undefined;
  }
}
