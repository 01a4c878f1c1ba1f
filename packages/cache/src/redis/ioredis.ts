import { CacheError } from '../errors.ts';
import { ignore } from '../maybe-promise.ts';
import type { IoRedisClient } from './client.ts';
import { type Connection, type Emitter, firstAttempt, hearing, type Send, unavailable } from './connection.ts';

/** A client of ioredis that listens to channels. */
export interface IoSubscriber extends Emitter {
  readonly status: string;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** Puts the tier's face on a client of ioredis. */
export function ioConnection(client: IoRedisClient): Connection {
  refuseKeyPrefix((client as { options?: { keyPrefix?: unknown } }).options?.keyPrefix);
  const { send } = patientSend(client);
  return {
    send,
    inOrder: true,
    nodes: () => [send],
    subscribe: (channel, message, lost) => {
      const subscriber = client.duplicate({ lazyConnect: false, autoResubscribe: false }) as IoSubscriber;
      const hears = hearing(lost);
      hearMessages(subscriber, channel, message);
      subscriber.on('close', () => hears(false));
      // Messages may be missed until the server has confirmed, not until it is reached.
      const confirmed = (yes: boolean) => (): void => hears(yes);
      subscriber.on('ready', () => void subscriber.subscribe(channel).then(confirmed(true), confirmed(false)));
      return async () => subscriber.disconnect();
    },
  };
}

/** Sends through a client of ioredis, a cluster's too: waits for its first attempt to connect, and for no other. */
export function patientSend(client: Pick<IoRedisClient, 'status' | 'call'>): {
  readonly send: Send;
  readonly connected: () => Promise<void> | undefined;
} {
  const emitter = client as unknown as Emitter;
  const attempt = firstAttempt(emitter, 'close', {
    over: client.status === 'ready',
    underWay: () => client.status === 'connecting' || client.status === 'connect',
  });
  const connected = (): Promise<void> | undefined => {
    // A client that is made with lazyConnect waits for somebody to need it.
    if (client.status === 'wait') emitter.connect().catch(ignore);
    return client.status === 'ready' ? undefined : attempt();
  };
  return {
    connected,
    send: async (command, ...args) => {
      await connected();
      // By default ioredis keeps commands for a server that is down, for ever.
      if (client.status !== 'ready') throw unavailable(client.status);
      return client.call(command, ...args);
    },
  };
}

/** Passes on what comes in on a channel. */
export function hearMessages(subscriber: IoSubscriber, channel: string, message: (text: string) => void): void {
  subscriber.on('error', ignore);
  subscriber.on('message', (from, text) => {
    if (from === channel && typeof text === 'string') message(text);
  });
}

/** ioredis puts it before the keys of commands, and not before the pattern of a SCAN. */
export function refuseKeyPrefix(keyPrefix: unknown): void {
  if (typeof keyPrefix !== 'string' || keyPrefix === '') return;
  throw new CacheError(
    'ERR_CACHE_OPTION',
    'Expected `client` to have no keyPrefix, got one; give the tier a `prefix` instead',
  );
}
