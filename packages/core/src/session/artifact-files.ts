import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

import { OrcError } from '../errors.ts';
import { checkArtifactPath } from './artifact-path.ts';
import { makeFolder, replaceDurable } from './durable-files.ts';
import type { Flusher } from './flusher.ts';
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
  await makeFolder(parent);
  await refuseLinksOut(folder, parent, path);
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
    if ((await stat(path)).size !== bytes.byteLength) return false;
    return (await readFile(path)).equals(bytes);
  } catch {
    return false;
  }
}

async function refuseLinksOut(folder: string, parent: string, path: string): Promise<void> {
  const root = await realpath(folder);
  const real = await realpath(parent);
  if (real === root || real.startsWith(root + sep)) return;
  throw new OrcError(
    'ERR_ORC_ARTIFACT',
    `Expected the artifact \`${path}\` to stay inside the artifact folder, but a link leads out of it`,
    { retryable: false },
  );
}
