import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { CliError, codeOf } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';
import { makeFolder } from './make-folder.ts';

/** How a file is replaced. */
export interface ReplaceOptions {
  /** Whether a link that stands in its place is kept and its target replaced; without it a link is refused. */
  readonly followLink: boolean;
  /** The user's own number, where the system has such: a link of somebody else's is never followed. */
  readonly uid: number | undefined;
}

/**
 * Writes a file whole or not at all, readable by its owner alone: it may name keys.
 *
 * @throws ERR_CLI_CONFIG when it can't be written.
 */
export function replaceFile(path: string, text: string, options: ReplaceOptions): void {
  let part: string | undefined;
  try {
    makeFolder(dirname(path), 0o700);
    const target = targetOf(path, options);
    // A name that nobody can foresee, and `wx`, which follows no link: the folder may not be the user's own.
    part = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.part`);
    const fd = openSync(part, 'wx', 0o600);
    try {
      let rest = Buffer.from(text);
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, target);
  } catch (error) {
    if (part !== undefined) rmSync(part, { force: true });
    throw new CliError('ERR_CLI_CONFIG', `${path} cannot be written: ${systemReason(error)}`, {
      exitCode: exitCodes.config,
      cause: error,
    });
  }
}

/** The file that is replaced: behind the links of the user's own making. */
function targetOf(path: string, { followLink, uid }: ReplaceOptions): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() !== true) return path;
  if (!followLink) throw new Error('a link stands in its place');
  if (uid !== undefined && stats.uid !== uid && stats.uid !== 0)
    throw new Error("a link of another user's stands in its place");
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Error('it is a link to a file that is not there', { cause: error });
    throw error;
  }
}
