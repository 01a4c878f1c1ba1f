/** What is needed of a client of `ioredis`, version 5 or later. */
export interface IoRedisClient {
  /** Where the connection stands. */
  readonly status: string;
  /** Sends a command. */
  call(command: string, ...args: string[]): Promise<unknown>;
  /** Makes another client with the same options, but for some. */
  duplicate(override?: object): unknown;
}

/** What is needed of a `Cluster` of `ioredis`, version 5 or later. */
export interface IoRedisCluster {
  /** Tells it from a single client. */
  readonly isCluster: boolean;
  /** Where the connections stand. */
  readonly status: string;
  /** Sends a command to the node that keeps its key. */
  call(command: string, ...args: string[]): Promise<unknown>;
  /** The clients of its nodes. */
  nodes(role?: 'master' | 'all'): IoRedisClient[];
}

/** What is needed of a client of `redis`, version 5 or later. */
export interface NodeRedisClient {
  /** Whether commands can be sent. */
  readonly isReady: boolean;
  /** Sends a command. */
  sendCommand(args: string[]): Promise<unknown>;
  /** Makes another client with the same options. */
  duplicate(): unknown;
}

/** A live client: of `ioredis` (a single one or a `Cluster`) or of `redis` (a single one). */
export type RedisClient = IoRedisClient | IoRedisCluster | NodeRedisClient;
