/**
 * Whether a path names a stream or a device of the system rather than a file, such as `/dev/stderr`, `/dev/null` or the `/dev/fd/63` of a shell.
 * Nobody can prepare these but the system, so a link there is followed. `/dev/shm`, which everybody may write to, is a folder like any other.
 */
export function isStreamPath(path: string): boolean {
  return /^\/(?:dev\/(?:[^/]+|(?:fd|pts)\/\d+)|proc\/(?:self|\d+)\/fd\/\d+)$/.test(path);
}
