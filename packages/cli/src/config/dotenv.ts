import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { systemReason } from '../system-error.ts';
import { readPlainFile } from './plain-file.ts';
import { configError } from './problem.ts';

/**
 * The variables of the `.env` file beside the configuration; nothing when there is none. The real environment goes first.
 *
 * @throws ERR_CLI_CONFIG when it is there and can't be read.
 */
export function readDotenv(configDir: string): Readonly<Record<string, string | undefined>> {
  const file = join(configDir, '.env');
  let text: string | undefined;
  try {
    text = readPlainFile(file);
  } catch (error) {
    throw configError([{ file, message: `cannot be read: ${systemReason(error)}` }]);
  }
  return text === undefined ? {} : parseEnv(text);
}
