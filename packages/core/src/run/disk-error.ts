import { OrcError } from '../errors.ts';

/** What a system says of a folder that can't be written, by its code. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left',
  EDQUOT: 'the quota is used up',
  EROFS: 'it can only be read',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'a folder stands where a file belongs',
  EIO: 'the disk fails',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** An error of the data folder while a run goes on: what the system says, with what to do about it; any other error as it is. */
export function diskError(
  error: unknown,
  where: { readonly phase?: string | undefined; readonly task: string },
): unknown {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(reasons, code)) return error;
  return new OrcError('ERR_ORC_DATA_DIR', `The session can not be written: ${reasons[code]} (${code})`, {
    ...where,
    cause: error,
    retryable: false,
    hint: 'Make room in the data folder, or let it be written, and resume the session: what is recorded stays done.',
  });
}
