import { accessSync, constants, copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';
import { makeFolder } from '../config/make-folder.ts';

/**
 * Makes the folder that receives copies, before anything is spent.
 *
 * @throws ERR_CLI_OUTPUT (exit code 2) when it can't be written.
 */
export function prepareOutputFolder(folder: string): void {
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) throw new Error('it is not a folder');
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CliError('ERR_CLI_OUTPUT', `the output folder ${folder} cannot be written: ${systemReason(error)}`, {
      exitCode: exitCodes.usage,
      cause: error,
    });
  }
}

/**
 * Copies the files of a run; each is either the old or the new one, never half of it.
 *
 * @throws ERR_CLI_OUTPUT (exit code 1) when a file can't be written: the run's own folder still holds it.
 */
export function copyArtifacts(from: string, to: string, paths: readonly string[]): void {
  const root = resolve(to);
  for (const path of paths) {
    const target = resolve(root, path);
    const inside = relative(root, target);
    if (inside.startsWith('..') || inside.startsWith(sep)) continue;
    const part = `${target}.part`;
    try {
      makeFolder(dirname(target));
      copyFileSync(join(from, path), part);
      renameSync(part, target);
    } catch (error) {
      rmSync(part, { force: true });
      throw new CliError('ERR_CLI_OUTPUT', `${target} cannot be written: ${systemReason(error)}`, {
        exitCode: exitCodes.failed,
        hint: `the run's own copy is ${join(from, path)}`,
        cause: error,
      });
    }
  }
}
