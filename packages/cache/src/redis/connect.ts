import { shown } from '../check-option.ts';
import { CacheError } from '../errors.ts';
import type { IoRedisClient, IoRedisCluster, NodeRedisClient, RedisClient } from './client.ts';
import type { Connection } from './connection.ts';
import { clusterConnection } from './ioredis-cluster.ts';
import { ioConnection } from './ioredis.ts';
import { nodeConnection } from './node-redis.ts';

/** Puts one face on all kinds of clients. */
export function connectionOf(client: RedisClient | undefined): Connection {
  const { status, call, duplicate, nodes, isCluster, sendCommand } = (client ?? {}) as Partial<
    IoRedisClient & IoRedisCluster & NodeRedisClient
  >;
  if (typeof call === 'function' && typeof status === 'string') {
    if (isCluster === true && typeof nodes === 'function') return clusterConnection(client as IoRedisCluster);
    if (typeof duplicate === 'function') return ioConnection(client as IoRedisClient);
  } else if (typeof sendCommand === 'function') {
    return nodeConnection(client as NodeRedisClient);
  }
  throw new CacheError(
    'ERR_CACHE_OPTION',
    `Expected \`client\` to be a live client of ioredis or of redis, got ${shown(client)}`,
  );
}
