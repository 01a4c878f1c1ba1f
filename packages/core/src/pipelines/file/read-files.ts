import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';

import { OrcError } from '../../errors.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { staysInside } from '../stays-inside.ts';

/** A file that a `read` phase has read. */
export interface ReadFile {
  readonly path: string;
  readonly text: string;
}

const mostBytes = 4_000_000;

/** Reads declared files of the input folder; a link that leads out of it is refused. */
export async function readDeclared(
  root: string | undefined,
  files: readonly string[],
  signal: AbortSignal,
): Promise<ReadFile[]> {
  if (root === undefined) {
    throw new OrcError('ERR_ORC_REQUEST', 'Expected an input folder, got none: this pipeline reads files', {
      hint: 'Name one with --input DIR.',
    });
  }
  const realRoot = await realpath(root);
  return Promise.all(
    files.map(async (file) => {
      const real = await realpath(resolve(realRoot, file)).catch((error: unknown) => {
        throw new OrcError('ERR_ORC_REQUEST', `Expected a file ${file} in ${root}, could not find it`, {
          cause: error,
          retryable: false,
        });
      });
      if (!staysInside(realRoot, real)) {
        throw new OrcError('ERR_ORC_REQUEST', `Expected ${file} to stay inside ${root}, it leads out of it`, {
          retryable: false,
        });
      }
      return { path: file, text: textOf(contentOf(real, file, signal), file) };
    }),
  );
}

function contentOf(path: string, file: string, signal: AbortSignal): Buffer {
  signal.throwIfAborted();
  const found = readRegularFile(path, { maxBytes: mostBytes });
  switch (found.refused) {
    case undefined:
      return found.content;
    case 'large':
      throw new OrcError(
        'ERR_ORC_REQUEST',
        `Expected ${file} to hold at most ${mostBytes} bytes, got ${found.detail}`,
        {
          hint: 'Split it, or give the phase an extract.',
          retryable: false,
        },
      );
    case 'type':
    case 'link':
      throw new OrcError('ERR_ORC_REQUEST', `Expected ${file} to be a file, got ${found.detail}`, { retryable: false });
    case 'missing':
    case 'unreadable':
      throw new OrcError('ERR_ORC_REQUEST', `Expected to be able to read ${file} (${found.detail})`, {
        cause: found.cause,
        retryable: false,
      });
  }
}

function textOf(content: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw new OrcError('ERR_ORC_REQUEST', `Expected ${file} to be UTF-8 text`, {
      cause: error,
      hint: 'Convert it, for example with iconv.',
      retryable: false,
    });
  }
}
