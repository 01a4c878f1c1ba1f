import { join } from 'node:path';

import { fileTier, type FileTier } from '@orc/cache/file';

import type { Config } from '../config/load.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';

/** The folder of the file tier. */
export function cacheFolder(config: Config): string {
  const named = config.settings['performance.cache.file.dir'];
  return named === '' ? join(config.paths.cacheDir, 'results') : named;
}

/**
 * Opens the file tier as the configuration describes it, without a sweep of its own.
 *
 * @throws ERR_CLI_OUTPUT when its folder can't be made.
 */
export function openFileTier(config: Config): FileTier {
  const { settings } = config;
  const dir = cacheFolder(config);
  try {
    return fileTier({
      dir,
      ttl: settings['performance.cache.file.ttl'],
      maxBytes: settings['performance.cache.file.max_bytes'],
      sweepInterval: Number.POSITIVE_INFINITY,
    });
  } catch (error) {
    throw new CliError('ERR_CLI_OUTPUT', `the cache folder ${dir} cannot be used: ${systemReason(error)}`, {
      exitCode: exitCodes.usage,
      cause: error,
    });
  }
}
