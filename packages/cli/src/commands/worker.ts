import { requireBroker } from '../engine/peers.ts';
import { usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';

/** `orc worker --redis URL`: takes work until it is asked to end. */
export async function worker(context: CommandContext): Promise<number> {
  const config = await context.config();
  if (config.settings['distributed.redis_url'] === '')
    throw usageError('a worker needs the address of a Redis server', 'orc worker --redis redis://localhost:6379');
  requireBroker();
  const { serveWork } = await import('../engine/serve.ts');
  return serveWork(context, config);
}
