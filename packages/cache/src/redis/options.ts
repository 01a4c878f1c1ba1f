import { checkClock, checkDuration, checkFlag, checkInteger, checkKnown, checkText } from '../check-option.ts';
import { type Clock, systemClock } from '../clock.ts';
import { checkSerializer, type Serializer } from '../serializer.ts';
import type { RedisClient } from './client.ts';

/** Options of {@link redisTier}. */
export interface RedisTierOptions {
  /** A live client of `ioredis` (a single one or a `Cluster`) or of `redis` (a single one). It stays the caller's: `close()` does not disconnect it. */
  readonly client: RedisClient;
  /**
   * What all keys in Redis begin with.
   * @defaultValue 'orc:cache:'
   */
  readonly prefix?: string | undefined;
  /**
   * What events and statistics call the tier.
   * @defaultValue 'redis'
   */
  readonly name?: string | undefined;
  /**
   * How long an entry lives at most, in ms, whatever it was stored with.
   * @defaultValue Infinity
   */
  readonly ttl?: number | undefined;
  /**
   * How long a command may take, in ms.
   * @defaultValue 1000
   */
  readonly timeout?: number | undefined;
  /**
   * Whether changes are told to the other processes, so that their nearer tiers forget what is out of date. Costs a second
   * connection and a message per change.
   * @defaultValue true
   */
  readonly invalidation?: boolean | undefined;
  /**
   * How long the lock of a key outlives a holder that has died, in ms.
   * @defaultValue 10_000
   */
  readonly lockTtl?: number | undefined;
  /**
   * How long to wait for a lock before computing without it, in ms.
   * @defaultValue 600_000 (10 minutes)
   */
  readonly lockWait?: number | undefined;
  /**
   * What makes texts of values: `v8Serializer`, `compressed()`, or one of your own.
   * @defaultValue JSON; a value that it cannot carry is refused
   */
  readonly serializer?: Serializer | undefined;
  /**
   * Where time comes from. The waiting for a lock always uses real time.
   * @defaultValue systemClock
   */
  readonly clock?: Clock | undefined;
}

/** {@link RedisTierOptions}, checked and complete. */
export type ResolvedRedisOptions = {
  readonly [Name in keyof Required<Omit<RedisTierOptions, 'serializer'>>]: NonNullable<RedisTierOptions[Name]>;
} & { readonly serializer: Serializer | undefined };

const known = [
  'client',
  'prefix',
  'name',
  'ttl',
  'timeout',
  'invalidation',
  'lockTtl',
  'lockWait',
  'serializer',
  'clock',
] as const;

/** Checks the options and fills in the defaults. */
export function resolveRedisOptions(options: RedisTierOptions): ResolvedRedisOptions {
  checkKnown(options, known, 'redisTier');
  const {
    client,
    prefix = 'orc:cache:',
    name = 'redis',
    ttl = Infinity,
    timeout = 1000,
    invalidation = true,
  } = options;
  const { lockTtl = 10_000, lockWait = 600_000, clock = systemClock } = options;
  checkClock(clock);
  checkSerializer(options.serializer);
  return {
    client,
    prefix: checkText('prefix', prefix),
    name: checkText('name', name),
    ttl: checkDuration('ttl', ttl),
    timeout: checkDuration('timeout', timeout),
    invalidation: checkFlag('invalidation', invalidation),
    lockTtl: checkInteger('lockTtl', lockTtl, 1),
    lockWait: checkDuration('lockWait', lockWait),
    serializer: options.serializer,
    clock,
  };
}
