import { basename } from 'node:path';

import { OrcError, isOrcError } from '../errors.ts';
import { systemCode } from './system-code.ts';

/** The error for a session that is not there. */
export function sessionNotFound(session: string): OrcError {
  return new OrcError('ERR_ORC_SESSION_NOT_FOUND', `Expected a session \`${session}\`, but there is none`, {
    hint: 'List the sessions to see their ids.',
    retryable: false,
  });
}

/** The error for a session that is there already. */
export function sessionExists(session: string): OrcError {
  return new OrcError(
    'ERR_ORC_SESSION_EXISTS',
    `Expected \`${session}\` to be a new session, but there is one with that id`,
    {
      retryable: false,
    },
  );
}

/** The error for a part of a session's folder (or the folder itself) that is something else than it has to be. */
export function unfitPart(dir: string, name: string | undefined, got: string, cause?: unknown): OrcError {
  const session = basename(dir);
  return new OrcError(
    'ERR_ORC_SESSION_CORRUPT',
    name === undefined
      ? `Expected session \`${session}\` to be a folder, got ${got}`
      : `Expected \`${name}\` in session \`${session}\` to be a ${isFolderName(name) ? 'folder' : 'file'} of the session's own, got ${got}`,
    {
      cause,
      hint: 'A session has no links, pipes or devices: take it from a good copy, or remove it and run the request again.',
      retryable: false,
    },
  );
}

function isFolderName(name: string): boolean {
  return ['artifacts', 'outputs', 'tmp'].includes(name);
}

/** The error for a file of a session whose content is not what it has to be. */
export function corruptPart(session: string, name: string, why: string, cause?: unknown): OrcError {
  return new OrcError('ERR_ORC_SESSION_CORRUPT', `Expected \`${name}\` of session \`${session}\` to ${why}`, {
    cause,
    hint: 'The file was damaged: take it from a copy of the session, or remove the session and run the request again.',
    retryable: false,
  });
}

const unwritable = new Set(
  'EACCES EPERM EROFS ENOSPC EDQUOT ENOTDIR ENOENT EEXIST EIO EISDIR ENOTEMPTY ELOOP EMFILE ENFILE ENAMETOOLONG'.split(
    ' ',
  ),
);

/** What to throw for an error met while writing below a folder: `ERR_ORC_DATA_DIR` when the folder is at fault, else the error itself. */
export function writeError(folder: string, error: unknown): unknown {
  const code = systemCode(error);
  if (isOrcError(error) || !unwritable.has(code)) return error;
  return new OrcError('ERR_ORC_DATA_DIR', `Expected the data folder \`${folder}\` to be writable, got ${code}`, {
    cause: error,
    hint: hintFor(code),
    retryable: false,
  });
}

function hintFor(code: string): string {
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'The disk is full: free some space, or choose another data folder.';
  if (code === 'EMFILE' || code === 'ENFILE')
    return 'Too many files are open: raise the limit, or run fewer tasks at once.';
  return 'Make it writable, or choose another data folder.';
}

/** What to throw for an error met while reading a session's folder: `ERR_ORC_SESSION_CORRUPT`, whatever the system said. */
export function readError(dir: string, error: unknown): OrcError {
  if (isOrcError(error)) return error;
  const code = systemCode(error);
  const said = code !== '' ? code : error instanceof Error ? error.message : String(error);
  return new OrcError(
    'ERR_ORC_SESSION_CORRUPT',
    `Expected the files of session \`${basename(dir)}\` to be readable, got ${said}`,
    {
      cause: error,
      hint: 'Make them readable, or remove the session and run the request again.',
      retryable: false,
    },
  );
}
