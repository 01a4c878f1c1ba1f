import { accessSync, closeSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';
import { makeFolder } from '../config/make-folder.ts';
import { folderMode, openBelow, placeFile } from '../files/place-file.ts';
import { copyAll } from '../files/write-all.ts';

/**
 * Makes the folder that receives copies, before anything is spent.
 *
 * @throws ERR_CLI_OUTPUT (exit code 2) when it can't be written.
 */
export function prepareOutputFolder(folder: string): void {
  try {
    makeFolder(folder, folderMode);
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
 * Copies the files of a run; each is either the old or the new one, never half of it. What stands in the folder already may not be the
 * user's own: no link is followed there.
 *
 * @throws ERR_CLI_OUTPUT (exit code 1) when a file can't be written: the run's own folder still holds it.
 */
export function copyArtifacts(from: string, to: string, paths: readonly string[]): void {
  for (const path of paths) {
    try {
      placeFile(to, path, (copy) => {
        const original = openBelow(from, path);
        try {
          copyAll(original, copy);
        } finally {
          closeSync(original);
        }
      });
    } catch (error) {
      throw new CliError('ERR_CLI_OUTPUT', `${join(to, path)} cannot be written: ${systemReason(error)}`, {
        exitCode: exitCodes.failed,
        hint: `the run's own copy is ${join(from, path)}`,
        cause: error,
      });
    }
  }
}
