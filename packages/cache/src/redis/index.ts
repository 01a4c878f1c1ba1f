/**
 * A tier in Redis, shared by many machines. Takes a live client of `ioredis` or `redis`.
 *
 * @packageDocumentation
 */
export type { IoRedisClient, IoRedisCluster, NodeRedisClient, RedisClient } from './client.ts';
export type { RedisTierOptions } from './options.ts';
export { redisTier } from './redis-tier.ts';
