import { CacheError } from '../errors.ts';

/** Sends a command to a server. */
export type Send = (command: string, ...args: string[]) => Promise<unknown>;

/** A client, whichever it is, as the tier uses it. */
export interface Connection {
  /** Sends a command, to where its key is kept; rejects at once if the server is not there. */
  readonly send: Send;
  /** Whether what is sent first is done first: in a cluster a message can come to others before the change that it tells of is made. */
  readonly inOrder: boolean;
  /** Sends commands to each server that holds keys of its own: one, or the masters of a cluster. */
  nodes(): readonly Send[];
  /**
   * Listens to a channel on a connection of its own; `lost` is called when messages may have been missed: when it stops hearing, and
   * when it begins to. Not for each attempt in between, which would go on for as long as the server is down.
   */
  subscribe(channel: string, message: (text: string) => void, lost: () => void): () => Promise<void>;
}

/** The parts of both libraries' clients that are used for subscribing. */
export interface Emitter {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  off(event: string, listener: () => void): unknown;
  connect(): Promise<unknown>;
}

/**
 * Waits for the end of a client's first attempt to connect: who makes a client and asks at once is not to be told that there is no server.
 * Of every later attempt the end is not waited for, as then the server has been down.
 */
export function firstAttempt(
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
export function hearing(lost: () => void): (now: boolean) => void {
  let before: boolean | undefined;
  return (now) => {
    if (now === before) return;
    before = now;
    lost();
  };
}

/** The error for a server that is not there. */
export function unavailable(status: string): CacheError {
  return new CacheError(
    'ERR_CACHE_TIER_UNAVAILABLE',
    `Expected a Redis client that is ready, got one that is \`${status}\``,
  );
}
