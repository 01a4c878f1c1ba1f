import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { freePort, startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { remoteRunner, serve } from '../../src/bullmq/index.ts';
import type { RemoteEvent } from '../../src/bullmq/index.ts';
import type { TaskContext } from '../../src/task.ts';

const quick = { lockMs: 1000, stalledMs: 500, maxStalled: 3, heartbeatMs: 200, pollMs: 100, brokerLostMs: 600 };
const never = (_input: null, { signal }: TaskContext): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('without Redis at the start', () => {
  it('says so at once, on both sides, and where', async () => {
    const port = await freePort();
    const connection = `redis://user:secret@127.0.0.1:${String(port)}`;
    const runner = remoteRunner({ connection });
    const error: unknown = await runner.run({ id: 'a', task: 'echo', input: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_SCHEDULER_BROKER',
      message: expect.stringContaining(`127.0.0.1:${String(port)}`) as string,
    });
    expect((error as Error).message).not.toContain('secret');
    await expect(serve({ echo: (input: unknown) => input }, { connection })).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_BROKER',
    });
    await runner.close();
  });

  it('does not wait for something that accepts and never answers', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const runner = remoteRunner({
      connection: { host: '127.0.0.1', port: (mute.address() as AddressInfo).port },
      connectTimeoutMs: 100,
    });
    await expect(runner.ready()).rejects.toMatchObject({ code: 'ERR_SCHEDULER_BROKER' });
    await runner.close();
    mute.close();
  });

  it('refuses options that cannot work', () => {
    expect(() => remoteRunner({ connection: 'localhost', queue: 'a:b' })).toThrow(
      'Expected `queue` to be a name without',
    );
    expect(() => remoteRunner({ connection: 'localhost', preset: 'slow' as 'fast' })).toThrow('Expected `preset`');
    expect(() => remoteRunner({ connection: 'localhost', keepMs: 0 })).toThrow('Expected `keepMs`');
  });

  it('says what Redis refuses', async (context) => {
    if (withoutRedis) return context.skip();
    const redis = await startRedis(['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction']);
    const runner = remoteRunner({ connection: redis.url });
    const large = runner.run({ id: 'large', task: 'any', input: 'x'.repeat(4_000_000) });
    await expect(large).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_BROKER',
      message: expect.stringMatching(/Redis at 127.*refused a command: OOM/) as string,
    });
    await runner.close();
    await redis.stop();
  });

  it('finds Redis later', async (context) => {
    if (withoutRedis) return context.skip();
    const redis = await startRedis();
    await redis.kill();
    const runner = remoteRunner({ connection: redis.url });
    await expect(runner.ready()).rejects.toMatchObject({ code: 'ERR_SCHEDULER_BROKER' });
    await redis.restart();
    await runner.ready();
    await runner.close();
    await redis.stop();
  });
});

describe.skipIf(withoutRedis)('when Redis is lost in the middle', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await redis.stop();
  });

  it('rejects what waits after a bounded time, then at once, and closes', async () => {
    const events: RemoteEvent[] = [];
    const server = await serve({ never }, { connection: redis.url, preset: quick });
    const runner = remoteRunner({ connection: redis.url, preset: quick, onEvent: (event) => events.push(event) });
    const results = ['a', 'b'].map((id) => runner.run({ id, task: 'never', input: null }));
    await expect.poll(() => server.running).toBe(2);
    await redis.kill();
    const outcomes = await Promise.allSettled(results);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'ERR_SCHEDULER_BROKER_LOST' } },
      { status: 'rejected', reason: { code: 'ERR_SCHEDULER_BROKER_LOST' } },
    ]);
    expect(events).toContainEqual({ type: 'broker-lost', address: `127.0.0.1:${String(redis.port)}`, waiting: 2 });
    await expect(runner.run({ id: 'c', task: 'never', input: null })).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_BROKER_LOST',
    });
    await runner.close();
    await server.close({ timeoutMs: 0 });
  });

  it('sends lost work again when Redis comes back empty in time, and the workers serve on', async () => {
    const events: RemoteEvent[] = [];
    let runs = 0;
    const preset = { ...quick, brokerLostMs: 20_000 };
    const server = await serve(
      {
        once(_input: null, context: TaskContext) {
          runs += 1;
          return runs === 1 ? never(null, context) : 'second';
        },
      },
      { connection: redis.url, preset, concurrency: 2 },
    );
    const runner = remoteRunner({ connection: redis.url, preset, onEvent: (event) => events.push(event) });
    const result = runner.run({ id: 'a', task: 'once', input: null });
    await expect.poll(() => server.running).toBe(1);
    await redis.kill();
    await redis.restart();
    expect((await result).value).toBe('second');
    expect(events).toContainEqual({ type: 'task-resent', id: 'a' });
    await expect.poll(async () => (await runner.listWorkers()).length).toBe(1);
    await runner.close();
    await server.close({ timeoutMs: 0 });
  });
});
