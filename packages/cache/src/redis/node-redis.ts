import { CacheError } from '../errors.ts';
import { ignore } from '../maybe-promise.ts';
import type { NodeRedisClient } from './client.ts';
import { type Connection, type Emitter, firstAttempt, hearing, type Send, unavailable } from './connection.ts';

interface NodeSubscriber extends Emitter {
  readonly isOpen: boolean;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  destroy(): void;
}

/** Puts the tier's face on a client of redis. */
export function nodeConnection(client: NodeRedisClient): Connection {
  refuseMany(client);
  const emitter = client as unknown as Emitter & { readonly isOpen: boolean };
  const connected = firstAttempt(emitter, 'error', { over: client.isReady, underWay: () => emitter.isOpen });
  const send: Send = async (command, ...args) => {
    if (!client.isReady) await connected();
    if (!client.isReady) throw unavailable('not ready');
    return client.sendCommand([command, ...args]);
  };
  return {
    send,
    inOrder: true,
    nodes: () => [send],
    subscribe: (channel, message, lost) => {
      const subscriber = client.duplicate() as NodeSubscriber;
      const hears = hearing(lost);
      subscriber.on('error', () => hears(false));
      // It subscribes anew by itself, but not if it lost the connection before it was confirmed; a second time is none to it.
      const confirmed = (yes: boolean) => (): void => hears(yes);
      subscriber.on('ready', () => void subscriber.subscribe(channel, message).then(confirmed(true), confirmed(false)));
      subscriber.connect().catch(ignore);
      return async () => {
        // One that has never been connected cannot be closed.
        if (subscriber.isOpen) subscriber.destroy();
      };
    },
  };
}

/** What stands for several connections sends commands in another way, and would never answer. */
function refuseMany(client: NodeRedisClient): void {
  const { isReady, duplicate, sendCommand } = client as Partial<NodeRedisClient>;
  const got =
    'masters' in client
      ? 'a cluster (`createCluster`); the tier takes a `Cluster` of ioredis'
      : 'totalClients' in client
        ? 'a pool (`createClientPool`)'
        : sendCommand !== undefined && sendCommand.length > 2
          ? 'a sentinel (`createSentinel`)'
          : typeof isReady === 'boolean' && typeof duplicate === 'function'
            ? undefined
            : 'one without `isReady` and `duplicate()`';
  if (got === undefined) return;
  throw new CacheError(
    'ERR_CACHE_OPTION',
    `Expected \`client\` to be a single client of redis (\`createClient\`), got ${got}`,
  );
}
