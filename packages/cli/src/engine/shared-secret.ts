import type { Config } from '../config/load.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';

const leastLength = 16;

/**
 * The secret with which work for other machines is signed; `undefined` where none is set.
 *
 * @throws ERR_CLI_CONFIG (exit code 3) when it could be guessed. Its text is never shown.
 */
export function sharedSecret({ settings }: Config): string | undefined {
  const secret = settings['distributed.secret'];
  if (secret === '') return undefined;
  if (secret.length >= leastLength) return secret;
  throw new CliError(
    'ERR_CLI_CONFIG',
    `Expected \`distributed.secret\` to have at least ${leastLength} characters, got ${secret.length}`,
    {
      exitCode: exitCodes.config,
      hint: 'make one with `openssl rand -hex 32`, and give it to all machines as ORC_DISTRIBUTED_SECRET',
    },
  );
}
