import { codeOf, messageOf } from './errors.ts';

/** What the system's codes mean to a person. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EADDRINUSE: 'another program listens there',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file has that name',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
};

/**
 * Why the system refused, for people: `it is a folder, not a file` instead of `EISDIR: illegal operation on a directory, open '/tmp'`.
 * What has no such code keeps its own message.
 */
export function systemReason(error: unknown): string {
  const code = codeOf(error);
  return Object.hasOwn(reasons, code) ? `${reasons[code]} (${code})` : messageOf(error);
}
