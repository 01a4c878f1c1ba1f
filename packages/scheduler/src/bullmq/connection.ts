import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

import { SchedulerError } from '../errors.ts';
import { expected } from '../expected.ts';

/** Where Redis is: a `redis://` or `rediss://` address, or ioredis options. A `keyPrefix` is refused: use `prefix`. */
export type BrokerConnection = string | Omit<RedisOptions, 'replyMapping'>;

/** A reached Redis. */
export interface Broker {
  /** The connection for ordinary commands. */
  readonly client: Redis;
  /** Where it is, without credentials. */
  readonly address: string;
  /** Disconnects, and keeps every copy of the client from connecting again. */
  end(): void;
}

/**
 * Connects, or rejects within `timeoutMs`. After the first success a lost connection is taken up again for as long as
 * the client lives; commands wait meanwhile, and whoever gives them bounds the wait.
 */
export async function openBroker(connection: BrokerConnection, timeoutMs: number): Promise<Broker> {
  let reached = false;
  let over = false;
  const options = {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number): number | null =>
      reached && !over ? Math.min(50 * 2 ** Math.min(times, 6), 1000) : null,
  };
  const client = makeClient(connection, options);
  const address = addressOf(client);
  let lastError: unknown;
  let information = '';
  // ioredis prints errors that nobody listens to.
  client.on('error', (error: unknown) => (lastError = error));
  try {
    await within(
      timeoutMs,
      client.connect().then(async () => (information = await informationOf(client))),
    );
  } catch (error) {
    client.disconnect();
    const cause = lastError ?? error;
    throw new SchedulerError('ERR_SCHEDULER_BROKER', unreachable(cause, address), { cause });
  }
  const unsupported = unsupportedMode(information);
  if (unsupported !== undefined) {
    client.disconnect();
    throw new SchedulerError(
      'ERR_SCHEDULER_BROKER',
      `Redis at ${address} is ${unsupported}, which is not supported: name a single Redis server`,
    );
  }
  reached = true;
  return {
    client,
    address,
    end() {
      // BullMQ works with copies of the client. One that is just trying to connect again does not hear that it is closed, and would go
      // on trying for ever.
      over = true;
      client.disconnect();
    },
  };
}

/** What Redis refused to do, said in one of our errors; any other error as it is. */
export function refusal(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error;
  return new SchedulerError('ERR_SCHEDULER_BROKER', `Redis at ${address} refused a command: ${sentence(error)}`, {
    cause: error,
  });
}

// Who may not ask what kind of server it is can still work with it.
async function informationOf(client: Redis): Promise<string> {
  try {
    return await client.info('server');
  } catch (error) {
    if (!(error instanceof Error) || !/NOPERM|unknown command/i.test(error.message)) throw error;
    await client.ping();
    return '';
  }
}

/** What a server is that keeps one queue's keys on several machines, or none at all; `undefined` for a single one. */
function unsupportedMode(information: string): string | undefined {
  const mode = /^redis_mode:(\w+)/m.exec(information)?.[1];
  if (mode === 'cluster') return 'a Redis Cluster';
  return mode === 'sentinel' ? 'a Redis Sentinel' : undefined;
}

/** Why there is no connection, and what to do about it. */
function unreachable(cause: unknown, address: string): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)/.test(text))
    return `Redis at ${address} refuses the user or the password: ${sentence(cause)} Correct them in \`connection\``;
  if (/certificate|\bCA\b/i.test(text) || /^(ERR_TLS_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(String(code)))
    return `The certificate of Redis at ${address} is not trusted: ${sentence(cause)} Name its authority (NODE_EXTRA_CA_CERTS, or \`tls.ca\`)`;
  return `Could not reach Redis at ${address}: ${sentence(cause)} Start it, or correct \`connection\``;
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  let end = text.length;
  while (end > 0 && /[.\s]/.test(text[end - 1] as string)) end -= 1;
  return `${text.slice(0, end)}.`;
}

/** What every connection here needs. */
interface ClientOptions {
  readonly lazyConnect: boolean;
  readonly connectTimeout: number;
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (times: number) => number | null;
}

function makeClient(connection: BrokerConnection, options: ClientOptions): Redis {
  if (typeof connection === 'string') {
    if (!/^rediss?:\/\//.test(connection)) {
      // The value may hold a password: it is not shown.
      throw new SchedulerError(
        'ERR_SCHEDULER_OPTION',
        'Expected `connection` to be a redis:// or rediss:// address, or ioredis options',
      );
    }
    return new Redis(connection, options);
  }
  if (typeof connection !== 'object' || connection === null)
    throw expected('connection', 'a redis:// address or ioredis options', connection);
  if (connection.keyPrefix !== undefined && connection.keyPrefix !== '') {
    throw expected('connection.keyPrefix', 'absent (set `prefix` instead)', connection.keyPrefix);
  }
  return new Redis({ ...connection, ...options });
}

function addressOf(client: Redis): string {
  const { path, host, port } = client.options;
  return path ?? `${host ?? 'localhost'}:${String(port ?? 6379)}`;
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${String(milliseconds)} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `work`, but no longer than `milliseconds`, and for neither its value nor its error. */
export async function settledWithin(milliseconds: number, work: Promise<unknown>): Promise<void> {
  try {
    await within(milliseconds, work);
  } catch {
    // Closing goes on either way.
  }
}

/** Resolves when a connection has been down for `milliseconds` without a break, or with `signal`. */
export function downFor(client: Redis, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const onReady = (): void => {
      clearTimeout(timer);
      timer = undefined;
    };
    const onClose = (): void => {
      timer ??= setTimeout(resolve, milliseconds);
    };
    const onAbort = (): void => {
      onReady();
      client.off('close', onClose).off('ready', onReady);
      resolve();
    };
    client.on('close', onClose).on('ready', onReady);
    if (client.status !== 'ready') onClose();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
