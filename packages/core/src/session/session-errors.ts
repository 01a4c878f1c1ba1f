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

const unwritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'ENOENT', 'EEXIST', 'EIO']);

/** What to throw for an error met while writing below a folder: `ERR_ORC_DATA_DIR` when the folder is at fault, else the error itself. */
export function writeError(folder: string, error: unknown): unknown {
  const code = systemCode(error);
  if (isOrcError(error) || !unwritable.has(code)) return error;
  return new OrcError('ERR_ORC_DATA_DIR', `Expected the data folder \`${folder}\` to be writable, got ${code}`, {
    cause: error,
    hint: 'Make it writable, free some space, or choose another data folder.',
    retryable: false,
  });
}

const unreadable = new Set(['EACCES', 'EPERM', 'EISDIR', 'EIO', 'ELOOP']);

/** What to throw for an error met while reading a session's folder: `ERR_ORC_SESSION_CORRUPT` when the folder is at fault, else the error itself. */
export function readError(dir: string, error: unknown): unknown {
  const code = systemCode(error);
  if (!unreadable.has(code)) return error;
  return new OrcError(
    'ERR_ORC_SESSION_CORRUPT',
    `Expected the files of session \`${basename(dir)}\` to be readable, got ${code}`,
    {
      cause: error,
      hint: 'Make them readable, or remove the session and run the request again.',
      retryable: false,
    },
  );
}
