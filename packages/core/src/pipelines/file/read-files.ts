import { readFile, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';

import { OrcError } from '../../errors.ts';

/** A file that a `read` phase has read. */
export interface ReadFile {
  readonly path: string;
  readonly text: string;
}

/** Reads declared files of the input folder; a link that leads out of it is refused. */
export async function readDeclared(root: string | undefined, files: readonly string[], signal: AbortSignal): Promise<ReadFile[]> {
  if (root === undefined) {
    throw new OrcError('ERR_ORC_REQUEST', 'Expected an input folder, got none: this pipeline reads files', { hint: 'Name one with --input DIR.' });
  }
  const realRoot = await realpath(root);
  return Promise.all(
    files.map(async (file) => {
      const real = await realpath(resolve(realRoot, file)).catch((error: unknown) => {
        throw new OrcError('ERR_ORC_REQUEST', `Expected a file ${file} in ${root}, could not find it`, { cause: error, retryable: false });
      });
      const inside = relative(realRoot, real);
      if (inside.startsWith('..') || isAbsolute(inside)) {
        throw new OrcError('ERR_ORC_REQUEST', `Expected ${file} to stay inside ${root}, it leads out of it`, { retryable: false });
      }
      return { path: file, text: await readFile(real, { encoding: 'utf8', signal }) };
    }),
  );
}
