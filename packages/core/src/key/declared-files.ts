import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

import { OrcError, shown } from '../errors.ts';
import type { TaskContext } from '../pipeline/context.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { PipelineRequest } from '../pipeline/request.ts';

/** The files that a task declares, by the name it gives them, each with the digest of its bytes. In the order of the names. */
export type FileDigests = readonly (readonly [name: string, digest: string])[];

/** The digest of a file that is not there. */
const absentFile = 'absent';

// No such flag on Windows, where a path names no pipe.
const reading = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

const none: FileDigests = Object.freeze([]);

/** Whether a phase declares files at all. */
export function declaresFiles({ definition }: Phase): boolean {
  const { files } = definition.uses;
  return typeof files === 'function' || files.length > 0;
}

/** The names of the files that a task declares. Throws `ERR_ORC_PHASE_FAILED` where a function gives something else. */
export function declaredNames(phase: Phase, context: TaskContext): readonly string[] {
  const { files } = phase.definition.uses;
  if (typeof files !== 'function') return files;
  const names: unknown = (files as (context: TaskContext) => unknown)(context);
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && name !== '')) {
    throw new OrcError(
      'ERR_ORC_PHASE_FAILED',
      `Expected \`uses.files\` of phase \`${phase.id}\` to return an array of paths, got ${shown(names)}`,
      { phase: phase.id, retryable: false },
    );
  }
  return [...new Set(names as string[])].toSorted();
}

/**
 * Reads the files as they are now. Nothing is remembered between two tasks: what a file held a moment ago says nothing about what
 * a task will read of it.
 *
 * @throws OrcError `ERR_ORC_REQUEST` where a relative file has no input folder, and for what is no regular file.
 */
export async function digestFiles(
  names: readonly string[],
  request: PipelineRequest,
  phase: string,
): Promise<FileDigests> {
  if (names.length === 0) return none;
  return Promise.all(
    names.map(async (name) => [name, await digestOf(pathOf(name, request, phase), name, phase)] as const),
  );
}

async function digestOf(path: string, name: string, phase: string): Promise<string> {
  let file;
  try {
    // Without waiting for a writer, where it is a pipe.
    file = await open(path, reading);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return absentFile;
    throw unreadable(name, phase, code ?? 'unknown', error);
  }
  try {
    if (!(await file.stat()).isFile()) throw unreadable(name, phase, 'it is no regular file');
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

function unreadable(name: string, phase: string, why: string, cause?: unknown): OrcError {
  return new OrcError(
    'ERR_ORC_REQUEST',
    `Expected ${JSON.stringify(name)}, which phase \`${phase}\` declares, to be a file that can be read (${why})`,
    { cause, phase, retryable: false, hint: 'Name files, not folders, and see to it that they can be read.' },
  );
}

function pathOf(name: string, request: PipelineRequest, phase: string): string {
  if (isAbsolute(name)) return name;
  if (request.input === undefined) {
    throw new OrcError(
      'ERR_ORC_REQUEST',
      `Phase \`${phase}\` declares the relative file ${JSON.stringify(name)}, but the request has no input folder`,
      {
        phase,
        retryable: false,
        hint: 'Give the request an `input` folder, or declare an absolute path.',
      },
    );
  }
  return resolve(request.input, name);
}
