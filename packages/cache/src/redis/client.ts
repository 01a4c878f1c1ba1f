import { CacheError } from '../errors.ts';
import { ignore } from '../maybe-promise.ts';

/** What is needed of a client of `ioredis`, version 5 or later. */
export interface IoRedisClient {
  /** Where the connection stands. */
  readonly status: string;
  /** Sends a command. */
  call(command: string, ...args: string[]): Promise<unknown>;
  /** Makes another client with the same options, but for some. */
  duplicate(override?: object): unknown;
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

/** A live client: of `ioredis` or of `redis`. */
export type RedisClient = IoRedisClient | NodeRedisClient;

/** A client, whichever it is, as the tier uses it. */
export interface Connection {
  /** Sends a command; rejects at once if the server is not there. */
  send(command: string, ...args: string[]): Promise<unknown>;
  /**
   * Listens to a channel on a connection of its own; `lost` is called when messages may have been missed: when it stops hearing, and
   * when it begins to. Not for each attempt in between, which would go on for as long as the server is down.
   */
  subscribe(channel: string, message: (text: string) => void, lost: () => void): () => Promise<void>;
}

/** The parts of both libraries' clients that are used for subscribing. */
interface Emitter {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  off(event: string, listener: () => void): unknown;
  connect(): Promise<unknown>;
}

interface IoSubscriber extends Emitter {
  readonly status: string;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

interface NodeSubscriber extends Emitter {
  readonly isOpen: boolean;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  destroy(): void;
}

/** Puts one face on both kinds of clients. */
export function connectionOf(client: RedisClient | undefined): Connection {
  if (typeof (client as Partial<IoRedisClient> | undefined)?.call === 'function') {
    return ioConnection(client as IoRedisClient);
  }
  if (typeof (client as Partial<NodeRedisClient> | undefined)?.sendCommand === 'function') {
    return nodeConnection(client as NodeRedisClient);
  }
  throw new CacheError(
    'ERR_CACHE_OPTION',
    'Expected `client` to be a client of ioredis or of redis, got something else',
  );
}

function ioConnection(client: IoRedisClient): Connection {
  const { options } = client as { options?: { keyPrefix?: unknown } };
  if (typeof options?.keyPrefix === 'string' && options.keyPrefix !== '') {
    throw new CacheError(
      'ERR_CACHE_OPTION',
      'Expected `client` to have no keyPrefix, got one; give the tier a `prefix` instead',
    );
  }
  const emitter = client as unknown as Emitter;
  const connected = firstAttempt(emitter, 'close', {
    over: client.status === 'ready',
    underWay: () => client.status === 'connecting' || client.status === 'connect',
  });
  return {
    send: async (command, ...args) => {
      // A client that is made with lazyConnect waits for somebody to need it.
      if (client.status === 'wait') emitter.connect().catch(ignore);
      if (client.status !== 'ready') await connected();
      // By default ioredis keeps commands for a server that is down, for ever.
      if (client.status !== 'ready') throw unavailable(client.status);
      return client.call(command, ...args);
    },
    subscribe: (channel, message, lost) => {
      const subscriber = client.duplicate({ lazyConnect: false, autoResubscribe: false }) as IoSubscriber;
      subscriber.on('error', ignore);
      subscriber.on('message', (from, text) => {
        if (from === channel && typeof text === 'string') message(text);
      });
      const hears = hearing(lost);
      subscriber.on('close', () => hears(false));
      // Messages may be missed until the server has confirmed, not until it is reached.
      const confirmed = (yes: boolean) => (): void => hears(yes);
      subscriber.on('ready', () => void subscriber.subscribe(channel).then(confirmed(true), confirmed(false)));
      return async () => subscriber.disconnect();
    },
  };
}

function nodeConnection(client: NodeRedisClient): Connection {
  const emitter = client as unknown as Emitter & { readonly isOpen: boolean };
  const connected = firstAttempt(emitter, 'error', { over: client.isReady, underWay: () => emitter.isOpen });
  return {
    send: async (command, ...args) => {
      if (!client.isReady) await connected();
      if (!client.isReady) throw unavailable('not ready');
      return client.sendCommand([command, ...args]);
    },
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

/**
 * Waits for the end of a client's first attempt to connect: who makes a client and asks at once is not to be told that there is no server.
 * Of every later attempt the end is not waited for, as then the server has been down.
 */
function firstAttempt(
  client: Emitter,
  failure: string,
  state: { readonly over: boolean; readonly underWay: () => boolean },
): () => Promise<void> | undefined {
  let attempt: Promise<void> | undefined;
  let { over } = state;
  return () => {
    if (over || !state.underWay()) return undefined;
    attempt ??= new Promise((resolve) => {
      const end = (): void => {
        over = true;
        client.off('ready', end);
        client.off(failure, end);
        resolve();
      };
      client.on('ready', end);
      client.on(failure, end);
    });
    return attempt;
  };
}

/** Calls `lost` when hearing ends, or cannot begin, and when it begins. */
function hearing(lost: () => void): (now: boolean) => void {
  let before: boolean | undefined;
  return (now) => {
    if (now === before) return;
    before = now;
    lost();
  };
}

function unavailable(status: string): CacheError {
  return new CacheError(
    'ERR_CACHE_TIER_UNAVAILABLE',
    `Expected a Redis client that is ready, got one that is \`${status}\``,
  );
}
