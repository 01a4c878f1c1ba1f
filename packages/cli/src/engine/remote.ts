import type { RemotePhaseRunner } from '@orc/core';

import type { Config } from '../config/load.ts';
import { requireBroker } from './peers.ts';
import { sharedSecret } from './shared-secret.ts';

/**
 * Opens the way to other machines. Redis is asked when the first run starts.
 *
 * @throws ERR_CLI_PEER when the optional packages are not installed, ERR_CLI_CONFIG when the secret is too short.
 */
export async function openRemote(config: Config): Promise<RemotePhaseRunner> {
  requireBroker();
  const secret = sharedSecret(config);
  const { distributedPhaseRunner } = await import('@orc/core/distributed');
  return distributedPhaseRunner({
    connection: config.settings['distributed.redis_url'],
    preset: config.settings['distributed.preset'],
    secret,
  });
}
