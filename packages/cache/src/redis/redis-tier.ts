import { randomUUID } from 'node:crypto';

import { LONGEST_TIMER } from '../clock.ts';
import { CacheError } from '../errors.ts';
import { ignore } from '../maybe-promise.ts';
import { packValue } from '../serializer.ts';
import { decodeText, encodeText } from '../tiers/text-envelope.ts';
import type { Tier, TierCallOptions, TierEntry, TierInvalidation, TierListener, TierLock } from '../tiers/tier.ts';
import { connectionOf } from './connect.ts';
import type { Connection, Send } from './connection.ts';
import { type RedisTierOptions, type ResolvedRedisOptions, resolveRedisOptions } from './options.ts';
import { takeRedisLock } from './redis-lock.ts';
import { wellFormed } from '../well-formed.ts';

/** How many keys a step of `clear()` asks for. */
const SCAN_COUNT = '500';

/** What processes tell one another: who says it, and the key, or none for all. */
interface Message {
  readonly from: string;
  readonly key?: string;
}

/**
 * Makes a tier in Redis. A server that is down fails at once and is asked again as soon as the client has it back; only the
 * first attempt of a client to connect is waited for.
 *
 * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range.
 *
 * @example
 * ```ts
 * import { TieredCache } from '@orc/cache';
 * import { redisTier } from '@orc/cache/redis';
 * import { Redis } from 'ioredis';
 *
 * const client = new Redis('redis://localhost:6379');
 * const cache = new TieredCache({ tiers: [redisTier({ client })] });
 * ```
 */
export function redisTier<V = unknown>(options: RedisTierOptions): Tier<V> {
  return new RedisTier<V>(resolveRedisOptions(options));
}

class RedisTier<V> implements Tier<V> {
  readonly name: string;
  readonly #options: ResolvedRedisOptions;
  readonly #connection: Connection;
  readonly #self = randomUUID();
  readonly #listeners = new Set<TierListener>();
  #unsubscribe: (() => Promise<void>) | undefined;
  /** Until the first attempt to subscribe has ended: what was read before it would go out of date unheard. */
  #subscribing: Promise<void> | undefined;
  #subscribed: (() => void) | undefined;

  constructor(options: ResolvedRedisOptions) {
    this.name = options.name;
    this.#options = options;
    this.#connection = connectionOf(options.client);
  }

  async get(key: string): Promise<TierEntry<V> | undefined> {
    const text = await this.#send('GET', this.#entryKey(key));
    if (text === null) return undefined;
    const entry = decodeText<V>(text, key, this.#options.serializer);
    if ('fault' in entry) {
      // A replica or a server out of memory may refuse it; then it is met again, and told again.
      await this.#send('DEL', this.#entryKey(key)).catch(ignore);
      for (const listener of this.#listeners) listener.entryCorrupt?.(key, entry.fault, this.#entryKey(key));
      return undefined;
    }
    const expiresAt = Math.min(entry.expiresAt, entry.storedAt + this.#options.ttl);
    if (expiresAt <= this.#options.clock.now()) return undefined;
    return expiresAt === entry.expiresAt ? entry : { ...entry, expiresAt };
  }

  async getMany(keys: readonly string[]): Promise<Map<string, TierEntry<V>>> {
    // Sent in one go by both libraries, and unlike MGET also where the keys are on different nodes.
    const entries = await Promise.all(keys.map((key) => this.get(key)));
    const found = new Map<string, TierEntry<V>>();
    for (const [index, key] of keys.entries()) {
      const entry = entries[index];
      if (entry !== undefined) found.set(key, entry);
    }
    return found;
  }

  async set(key: string, entry: TierEntry<V>): Promise<void> {
    const { clock, ttl } = this.#options;
    const expiresAt = Math.min(entry.expiresAt, entry.storedAt + ttl);
    const life = expiresAt - clock.now();
    if (life <= 0) {
      await this.delete(key);
      return;
    }
    const text = encodeText(key, { ...entry, expiresAt }, this.#options.serializer);
    // More than that Redis takes for a mistake.
    const limit = life > Number.MAX_SAFE_INTEGER ? [] : ['PX', String(Math.ceil(life))];
    await this.#change(key, 'SET', text, ...limit);
  }

  check(key: string, value: V): void {
    packValue(value, key, this.#options.serializer);
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#change(key, 'DEL')) === 1;
  }

  async clear(): Promise<void> {
    const pattern = `${this.#entryKey('').replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}*`;
    // Asked on the way, so that a client that connects with its first command does.
    await this.#send('PING');
    await Promise.all(this.#connection.nodes().map((send) => this.#clearNode(send, pattern)));
    await this.#tell({ from: this.#self });
  }

  /** Removes what a server has that matches. A SCAN goes to one server; what it finds is removed by its key, wherever that is by then. */
  async #clearNode(send: Send, pattern: string): Promise<void> {
    let cursor = '0';
    do {
      const scan = (): Promise<unknown> => send('SCAN', cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
      const found = scanned(await this.#inTime('SCAN', scan));
      cursor = found.cursor;
      await Promise.all(found.keys.map((key) => this.#send('UNLINK', key)));
    } while (cursor !== '0');
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    const unsubscribe = this.#unsubscribe;
    this.#unsubscribe = undefined;
    this.#subscribed?.();
    await unsubscribe?.();
  }

  async lock(key: string, options?: TierCallOptions): Promise<TierLock | undefined> {
    const { prefix, lockTtl, lockWait } = this.#options;
    const send: Send = (command, ...args) => this.#send(command, ...args);
    return takeRedisLock(send, `${prefix}lock:${wellFormed(key)}`, { ttl: lockTtl, wait: lockWait }, options?.signal);
  }

  listen(listener: TierListener): () => void {
    this.#listeners.add(listener);
    if (this.#options.invalidation && this.#unsubscribe === undefined) {
      this.#subscribing = new Promise((resolve) => {
        this.#subscribed = () => {
          this.#subscribing = undefined;
          this.#subscribed = undefined;
          resolve();
        };
      });
      this.#unsubscribe = this.#connection.subscribe(
        this.#channel(),
        (text) => this.#heard(text),
        () => this.#lost(),
      );
    }
    return () => this.#listeners.delete(listener);
  }

  #heard(text: string): void {
    let message: Partial<Message> | null;
    try {
      message = JSON.parse(text) as Partial<Message> | null;
    } catch {
      return;
    }
    if (typeof message?.from !== 'string' || message.from === this.#self) return;
    this.#notify(typeof message.key === 'string' ? { key: message.key } : { all: true });
  }

  /** Before the end of the first attempt nothing has been asked for, so that nothing was missed. */
  #lost(): void {
    if (this.#subscribed === undefined) this.#notify({ missed: true });
    else this.#subscribed();
  }

  #notify(what: TierInvalidation): void {
    for (const listener of this.#listeners) listener.invalidated?.(what);
  }

  /** Changes the entry of a key and tells the others: in one go where what is sent first is done first. */
  async #change(key: string, command: string, ...args: string[]): Promise<unknown> {
    const changing = this.#send(command, this.#entryKey(key), ...args);
    if (!this.#connection.inOrder) await changing;
    const [reply] = await Promise.all([changing, this.#tell({ from: this.#self, key })]);
    return reply;
  }

  async #tell(message: Message): Promise<void> {
    if (this.#options.invalidation) await this.#send('PUBLISH', this.#channel(), JSON.stringify(message));
  }

  #entryKey(key: string): string {
    return `${this.#options.prefix}entry:${wellFormed(key)}`;
  }

  #channel(): string {
    return `${this.#options.prefix}changes`;
  }

  #send(command: string, ...args: string[]): Promise<unknown> {
    return this.#inTime(command, () => this.#connection.send(command, ...args));
  }

  async #inTime(command: string, send: () => Promise<unknown>): Promise<unknown> {
    const { timeout } = this.#options;
    const reply = this.#subscribing === undefined ? send() : this.#subscribing.then(send);
    if (timeout === Infinity) return reply;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => {
          const message = `Expected Redis to answer ${command} within ${timeout} ms, got nothing`;
          reject(new CacheError('ERR_CACHE_TIER_TIMEOUT', message));
        },
        Math.min(timeout, LONGEST_TIMER),
      );
    });
    try {
      return await Promise.race([reply, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What a SCAN has found, and where it goes on; `0` at the end. */
function scanned(reply: unknown): { readonly cursor: string; readonly keys: readonly string[] } {
  if (Array.isArray(reply)) {
    const [cursor, keys] = reply as readonly unknown[];
    if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return { cursor: String(cursor), keys };
  }
  throw new CacheError('ERR_CACHE_TIER', 'Expected Redis to answer SCAN with a cursor and texts, got something else');
}
