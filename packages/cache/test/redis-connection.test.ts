import { EventEmitter } from 'node:events';

import { expect, test } from 'vitest';

import { connectionOf } from '../src/redis/connect.ts';
import { redisTier } from '../src/redis/index.ts';

/** As much of ioredis as the connection uses, with subscriptions that are confirmed by hand. */
class Client extends EventEmitter {
  status = 'ready';
  readonly sent: string[][] = [];
  readonly confirmations: ((outcome?: Promise<void>) => void)[] = [];
  call(...command: string[]): Promise<unknown> {
    this.sent.push(command);
    return Promise.resolve(command[0] === 'GET' ? null : 'OK');
  }
  duplicate(): Client {
    return this;
  }
  subscribe(): Promise<void> {
    return new Promise((resolve) => this.confirmations.push(resolve));
  }
  disconnect(): void {
    this.status = 'end';
  }
}

/** A client whose subscriber listens, and how often it counted as having missed something. */
function listening(): { readonly client: Client; readonly lost: () => number } {
  const client = new Client();
  let lost = 0;
  connectionOf(client).subscribe(
    'channel',
    () => undefined,
    () => lost++,
  );
  return { client, lost: () => lost };
}

test('messages count as missed until the server has confirmed the subscription', async () => {
  const { client, lost } = listening();
  for (let round = 1; round <= 2; round++) {
    client.emit('close');
    client.emit('ready');
    expect(lost()).toBe(2 * round - 1);
    client.confirmations.pop()?.();
    await Promise.resolve();
    expect(lost()).toBe(2 * round);
  }
});

test('a server that stays away is one loss, however often the client tries', async () => {
  const { client, lost } = listening();
  client.emit('ready');
  client.confirmations.pop()?.();
  await Promise.resolve();
  expect(lost()).toBe(1);
  for (let attempt = 0; attempt < 5; attempt++) client.emit('close');
  expect(lost()).toBe(2);
});

test('nothing is asked for until the tier hears what others change, or knows that it cannot', async () => {
  for (const end of ['confirmed', 'refused', 'lost']) {
    const client = new Client();
    const tier = redisTier({ client });
    const heard: unknown[] = [];
    tier.listen?.({ invalidated: (what) => heard.push(what) });
    const got = tier.get('a');
    client.emit('ready');
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.sent).toEqual([]);
    if (end === 'lost') client.emit('close');
    else client.confirmations.pop()?.(end === 'refused' ? Promise.reject(new Error('NOPERM')) : undefined);
    await got;
    expect(client.sent).toEqual([['GET', 'orc:cache:entry:a']]);
    expect(heard).toEqual([]);
  }
});

test('a tier that is closed before it hears anything keeps nobody waiting', async () => {
  const client = new Client();
  const tier = redisTier({ client, timeout: Infinity });
  tier.listen?.({});
  const got = tier.get('a');
  await tier.close();
  await expect(got).rejects.toMatchObject({ code: 'ERR_CACHE_TIER_UNAVAILABLE' });
});

test('a life longer than Redis can count is one without end', async () => {
  const client = new Client();
  const tier = redisTier({ client, invalidation: false });
  await tier.set('a', { value: 1, storedAt: Date.now(), expiresAt: 1e300 });
  expect(client.sent[0]).toHaveLength(3);
  expect(client.sent[0]?.slice(0, 2)).toEqual(['SET', 'orc:cache:entry:a']);
});

test.each([{ lockTtl: Infinity }, { lockTtl: 0.5 }, { invalidation: 'no' }, { timeout: NaN }])(
  '%o is refused',
  (options) => {
    const client = new Client();
    expect(() => redisTier({ client, ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'ERR_CACHE_OPTION' }),
    );
  },
);
