import { createRequire } from 'node:module';

import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';

/**
 * Checks that the optional packages for work on many machines are there.
 *
 * @throws ERR_CLI_PEER (exit code 3) with the command that adds them.
 */
export function requireBroker(): void {
  const require = createRequire(import.meta.url);
  try {
    require.resolve('bullmq');
    require.resolve('ioredis');
  } catch (error) {
    throw new CliError('ERR_CLI_PEER', 'sharing work through Redis needs the packages bullmq and ioredis', {
      exitCode: exitCodes.config,
      hint: 'npm install bullmq ioredis (beside @orc/cli; with npx: npx -p @orc/cli -p bullmq -p ioredis orc …)',
      cause: error,
    });
  }
}
