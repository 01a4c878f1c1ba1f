import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { OrcError } from '../errors.ts';
import { checkArtifactPath } from './artifact-path.ts';
import { folderMode, makeFolder, replaceDurable } from './durable-files.ts';
import type { Flusher } from './flusher.ts';
import { openPart } from './session-files.ts';
import { systemCode } from './system-code.ts';
import type { ArtifactRecord } from './session-port.ts';

/**
 * Writes an artifact: temp file, flush, rename. An equal file that is already there is left alone.
 *
 * @param folder - The artifact folder.
 * @param temp - A free path on the same disk, outside of the artifact folder: a killed process leaves no half file among the artifacts.
 * @throws OrcError `ERR_ORC_ARTIFACT` when the path leads out of the folder.
 */
export async function writeArtifactFile(
  folder: string,
  path: string,
  content: string | Uint8Array,
  temp: string,
  flusher: Flusher,
): Promise<ArtifactRecord> {
  checkArtifactPath(path);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const record: ArtifactRecord = {
    path,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  const target = join(folder, path);
  const parent = dirname(target);
  await makeParents(folder, path);
  if (await isEqualFile(target, bytes)) {
    // The one who wrote it may have died before the name was flushed.
    await flusher.flushFolder(parent);
    return record;
  }
  try {
    await replaceDurable(target, bytes, temp, flusher);
  } catch (error) {
    if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error))) throw error;
    throw new OrcError(
      'ERR_ORC_ARTIFACT',
      `Expected \`${path}\` to be free for an artifact, but a folder has that name`,
      { cause: error, retryable: false },
    );
  }
  for (let dir = parent; dir !== folder; dir = dirname(dir)) await flusher.flushFolder(dirname(dir));
  return record;
}

async function isEqualFile(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const file = await openPart(dirname(path), basename(path));
    if (file === undefined) return false;
    try {
      return (await file.stat()).size === bytes.byteLength && (await file.readFile()).equals(bytes);
    } finally {
      await file.close();
    }
  } catch {
    // A link, say: it is replaced, and what it leads to is left alone.
    return false;
  }
}

// Folder by folder from the artifact folder down, each looked at before the next is made in it: where one is a link, nothing is made behind it.
async function makeParents(folder: string, path: string): Promise<void> {
  await makeFolder(folder);
  let dir = folder;
  await refuseLink(dir, path);
  for (const segment of path.split('/').slice(0, -1)) {
    dir = join(dir, segment);
    await mkdir(dir, { mode: folderMode }).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    await refuseLink(dir, path);
  }
}

async function refuseLink(dir: string, path: string): Promise<void> {
  const found = await lstat(dir);
  if (found.isDirectory()) return;
  throw new OrcError(
    'ERR_ORC_ARTIFACT',
    found.isSymbolicLink()
      ? `Expected the artifact \`${path}\` to stay inside the artifact folder, but a link leads out of it`
      : `Expected the artifact \`${path}\` to be in a folder, but a file has the name of that folder`,
    { hint: 'Remove what stands there, and resume the session.', retryable: false },
  );
}
