/** Somebody else writes to Redis: nothing crashes, nothing hangs, and with a secret nothing of his is taken. */
import { randomUUID } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { HostileClient } from '../../../../test-support/hostile-client.ts';
import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { remoteRunner, serve } from '../../src/bullmq/index.ts';
import type {
  RemoteEvent,
  RemoteRunner,
  RemoteRunnerOptions,
  ServeEvent,
  ServeOptions,
  TaskServer,
} from '../../src/bullmq/index.ts';
import { jobIdOf, queueKeys } from '../../src/bullmq/queue-keys.ts';
import { signerOf } from '../../src/bullmq/signature.ts';

const preset = { lockMs: 1000, stalledMs: 300, maxStalled: 3, heartbeatMs: 200, pollMs: 100, brokerLostMs: 10_000 };
const secret = 'a secret of all machines';

describe.skipIf(withoutRedis)('a hostile client of Redis', () => {
  let redis: RedisServer;
  let client: Redis;
  let queue: string;
  let events: ServeEvent[];
  let noticed: RemoteEvent[];
  const open: { close(options?: { timeoutMs?: number }): Promise<void> }[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
  });
  beforeEach(() => {
    queue = randomUUID();
    events = [];
    noticed = [];
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close({ timeoutMs: 0 })));
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  const hostile = (used?: string): HostileClient =>
    new HostileClient(client, 'orc', queueKeys(queue, 'orc', signerOf(used)?.id).broker);
  const runnerOf = (options: Partial<RemoteRunnerOptions> = {}): RemoteRunner => {
    const onEvent = (event: RemoteEvent): number => noticed.push(event);
    const runner = remoteRunner({ connection: redis.url, queue, preset, onEvent, ...options });
    open.push(runner);
    return runner;
  };
  const serverOf = async (
    tasks: Parameters<typeof serve>[0],
    options: Partial<ServeOptions> = {},
  ): Promise<TaskServer> => {
    const onEvent = (event: ServeEvent): number => events.push(event);
    const server = await serve(tasks, { connection: redis.url, queue, preset, concurrency: 2, onEvent, ...options });
    open.push(server);
    return server;
  };
  const double = (input: number): number => input * 2;

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no fields', '{}'],
    ['an id that is no text', '{"v":2,"id":7,"input":{"t":"u"},"attempt":1,"progress":false}'],
    ['an input of no kind', '{"v":2,"id":"x","input":{"t":"z"},"attempt":1,"progress":false}'],
    ['an input under a foreign key', JSON.stringify(jobWith({ t: 'r', of: 'j', key: 'a', bytes: 1, sha256: 'x' }))],
    ['an input that no decoder reads', JSON.stringify(jobWith({ t: 'c', v: '////' }))],
    ['another version', '{"v":99}'],
  ])('a job whose record is %s leaves the worker up, and honest work goes on', async (_what, data) => {
    const seen: number[] = [];
    await serverOf({ double: (input: number) => (seen.push(input), input * 2) });
    await hostile().putJob('evil', 'double', data);
    const runner = runnerOf();
    const results = ['a', 'b', 'c'].map((id, index) => runner.run({ id, task: 'double', input: index }));
    expect((await Promise.all(results)).map(({ value }) => value)).toEqual([0, 2, 4]);
    expect(seen.toSorted((one, other) => one - other)).toEqual([0, 1, 2]);
  });

  it('a payload that is larger than allowed is not fetched, and one that is not the sent one is not used', async () => {
    await serverOf({ size: (input: string) => input.length }, { maxBytes: 10_000 });
    const runner = runnerOf({ inlineBytes: 100 });
    await expect(runner.run({ id: 'large', task: 'size', input: 'x'.repeat(50_000) })).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_PAYLOAD',
      message: expect.stringContaining('at most 10000 bytes (`maxBytes`)') as string,
    });
    await client.set(queueKeys(queue, 'orc').payload('swapped', 'in'), '"other"');
    const packed = { t: 'r', of: 'j', key: queueKeys(queue, 'orc').payload('swapped', 'in'), bytes: 7, sha256: 'no' };
    await hostile().putJob('swapped', 'size', JSON.stringify(jobWith(packed)));
    await expect
      .poll(() => events.find((event) => event.type === 'task-end' && event.id === 'forged'))
      .toMatchObject({ status: 'failed', error: { message: expect.stringContaining('its bytes are not') as string } });
  });

  it('what a coordinator would send but no worker takes is refused before it leaves', async () => {
    const runner = runnerOf({ maxBytes: 1000 });
    await expect(runner.run({ id: 'a', task: 'size', input: 'x'.repeat(2000) })).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_PAYLOAD',
    });
  });

  it.each([
    '',
    'x',
    '{',
    'null',
    '7',
    '{"jobId":7}',
    '{"jobId":"a","reason":null}',
    '{"jobId":"a","reason":{"kind":7}}',
  ])('a cancellation that is %j does not bring a worker down', async (text) => {
    await serverOf({ double });
    await hostile().publish('cancel', text);
    await hostile().publish('notices', text);
    expect((await runnerOf().run({ id: 'a', task: 'double', input: 1 })).value).toBe(2);
  });

  it('signs of life in no form, or of a crowd, are not counted', async () => {
    const runner = runnerOf();
    const enemy = hostile();
    for (const [index, text] of ['{', 'null', '[]', '{"name":"w2"}', '"x"'].entries())
      await enemy.pretend(`w${String(index)}`, text);
    const crowd = { name: 'crowd', host: 'h', pid: 1, tasks: ['double'], concurrency: 1e9, running: 0 };
    await enemy.pretend('crowd', JSON.stringify(crowd));
    await enemy.pretend('alias', JSON.stringify({ ...crowd, concurrency: 1 }));
    expect(await runner.listWorkers()).toEqual([]);
    await serverOf({ double }, { name: 'honest' });
    expect((await runner.listWorkers()).map(({ name }) => name)).toEqual(['honest']);
    expect((await runner.run({ id: 'a', task: 'double', input: 1 })).worker).toBe('honest');
  });

  it('events and keys of another kind do not stop a coordinator', async () => {
    const runner = runnerOf();
    await runner.ready();
    const enemy = hostile();
    const jobId = jobIdOf('a');
    for (const data of ['{', 'null', '7', '{"k":"progress"}', '{"k":"progress","count":1,"value":{"t":"c","v":"//"}}'])
      await enemy.tell({ event: 'progress', jobId, data });
    await enemy.tell({ event: 'completed', jobId, returnvalue: '{', prev: 'active' });
    await enemy.tell({ event: 'failed', jobId, failedReason: '{', prev: 'active' });
    await client.set(enemy.key('orc:workers'), 'not a set');
    const result = runner.run({ id: 'a', task: 'double', input: 4, onProgress: () => undefined });
    await client.del(enemy.key('orc:workers'));
    await serverOf({ double });
    expect((await result).value).toBe(8);
  });

  it.each(['{', 'null', '7', '{}', '{"value":{"t":"z"},"worker":"w"}', '{"value":{"t":"u"},"worker":7}'])(
    'a result that is %j is not taken: the task runs again',
    async (returned) => {
      const runner = runnerOf();
      const result = runner.run({ id: 'a', task: 'double', input: 4 });
      await expect.poll(() => hostile().jobs()).toEqual([jobIdOf('a')]);
      await hostile().complete(jobIdOf('a'), returned);
      await serverOf({ double });
      expect((await result).value).toBe(8);
    },
  );

  it('a result that is replaced each time ends with words, not with silence', async () => {
    const runner = runnerOf({ secret });
    const enemy = hostile(secret);
    const result = runner.run({ id: 'a', task: 'double', input: 4 });
    const ended = result.catch((error: unknown) => error);
    let over = false;
    void ended.then(() => (over = true));
    await expect
      .poll(
        async () => {
          if ((await enemy.jobs()).length > 0 && !over) await enemy.complete(jobIdOf('a'), forgedResult);
          return over;
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    expect(await ended).toMatchObject({
      code: 'ERR_SCHEDULER_UNTRUSTED',
      message: expect.stringContaining('somebody else writes to Redis') as string,
    });
    expect(noticed.filter(({ type }) => type === 'answer-refused')).toHaveLength(3);
  });

  describe('where a secret is set', () => {
    it('an unsigned job is not run, and said once', async () => {
      const seen: unknown[] = [];
      await serverOf({ double: (input: number) => (seen.push(input), 0) }, { secret });
      await hostile(secret).putJob('evil', 'double', JSON.stringify(jobWith({ t: 'j', v: 1 })));
      await expect
        .poll(() => events)
        .toEqual([{ type: 'task-refused', id: 'forged', task: 'double', reason: 'it is not signed' }]);
      expect(seen).toEqual([]);
    });

    it('a signed job that is copied under another id, task or queue is not run', async () => {
      const seen: unknown[] = [];
      const record = (input: number): number => seen.push(input);
      await runnerOf({ secret }).ready();
      const waits = runnerOf({ secret }).run({ id: 'a', task: 'pay', input: 5 });
      waits.catch(() => undefined);
      const enemy = hostile(secret);
      await expect.poll(() => enemy.jobs()).toEqual([jobIdOf('a')]);
      const data = await enemy.record(jobIdOf('a'));
      await client.flushall();
      const other = randomUUID();
      await serverOf({ pay: record, refund: record }, { secret });
      await serverOf({ pay: record }, { secret, queue: other });
      await enemy.putJob(jobIdOf('b'), 'pay', data);
      await enemy.putJob(jobIdOf('a'), 'refund', data);
      const { broker } = queueKeys(other, 'orc', signerOf(secret)?.id);
      await new HostileClient(client, 'orc', broker).putJob(jobIdOf('a'), 'pay', data);
      await expect.poll(() => events.filter(({ type }) => type === 'task-refused')).toHaveLength(3);
      // The coordinator's own, which it has sent again by now, is the one that counts.
      expect((await waits).value).toBe(1);
      expect(seen).toEqual([5]);
    });

    it.each([
      ['result', (enemy: HostileClient) => enemy.complete(jobIdOf('a'), forgedResult)],
      ['failure', (enemy: HostileClient) => enemy.fail(jobIdOf('a'), forgedFailure)],
      ['failure in words', (enemy: HostileClient) => enemy.fail(jobIdOf('a'), 'give up')],
      ['refusal', (enemy: HostileClient) => enemy.fail(jobIdOf('a'), forgedRefusal)],
    ])('a forged %s is not taken: the task runs again, on a worker', async (_what, forge) => {
      const result = runnerOf({ secret }).run({ id: 'a', task: 'double', input: 4 });
      await expect.poll(() => hostile(secret).jobs()).toEqual([jobIdOf('a')]);
      await forge(hostile(secret));
      await serverOf({ double }, { secret, name: 'honest' });
      expect(await result).toEqual({ value: 8, worker: 'honest' });
      expect(noticed).toContainEqual({ type: 'answer-refused', id: 'a' });
    });

    it('a true result of another task, and one of the same id for another input, are not taken', async () => {
      const answer = async (id: string, input: number): Promise<string> => {
        const runner = runnerOf({ secret });
        await runner.run({ id, task: 'double', input });
        const returned = await client.hget(hostile(secret).key(jobIdOf(id)), 'returnvalue');
        return returned ?? '';
      };
      const server = await serverOf({ double }, { secret });
      const [foreign, earlier] = [await answer('other', 100), await answer('a', 200)];
      await server.close();
      for (const returned of [foreign, earlier]) {
        await client.flushall();
        const result = runnerOf({ secret }).run({ id: 'a', task: 'double', input: 4 });
        await expect.poll(() => hostile(secret).jobs()).toEqual([jobIdOf('a')]);
        await hostile(secret).complete(jobIdOf('a'), returned);
        const again = await serverOf({ double }, { secret });
        expect((await result).value).toBe(8);
        await again.close();
      }
    });

    it('forged progress, cancellations and signs of life are not heard', async () => {
      const told: unknown[] = [];
      let aborted = false;
      let finish!: (value: string) => void;
      const done = new Promise<string>((resolve) => (finish = resolve));
      await serverOf(
        {
          wait: (_input: null, { signal }: { readonly signal: AbortSignal }) => {
            signal.addEventListener('abort', () => (aborted = true));
            return done;
          },
        },
        { secret },
      );
      const runner = runnerOf({ secret });
      const result = runner.run({ id: 'a', task: 'wait', input: null, onProgress: (value) => told.push(value) });
      await expect.poll(() => events.some(({ type }) => type === 'task-start')).toBe(true);
      const enemy = hostile(secret);
      const jobId = jobIdOf('a');
      const progress = { k: 'progress', count: 1, value: { t: 'j', v: 'lies' } };
      await enemy.tell({ event: 'progress', jobId, data: JSON.stringify(progress) });
      await enemy.publish('cancel', JSON.stringify({ jobId, reason: { kind: 'error', name: 'E', message: 'stop' } }));
      await hostile().pretend('ghost', JSON.stringify({ ...ghost, secretId: signerOf(secret)?.id, mac: 'x' }));
      expect((await runner.listWorkers()).map(({ name }) => name)).not.toContain('ghost');
      finish('kept');
      expect((await result).value).toBe('kept');
      expect({ aborted, told }).toEqual({ aborted: false, told: [] });
    });

    it('the memo of a finished id still answers a second coordinator', async () => {
      let runs = 0;
      await serverOf({ count: () => (runs += 1) }, { secret });
      for (let round = 0; round < 2; round += 1)
        expect((await runnerOf({ secret }).run({ id: 'a', task: 'count', input: 'same' })).value).toBe(1);
    });

    it('the secret stands nowhere in Redis', async () => {
      await serverOf({ double }, { secret });
      await runnerOf({ secret }).run({ id: 'a', task: 'double', input: 1 });
      const dumps = await Promise.all(
        (await client.keys('*')).map(
          async (key) => `${key}${(await client.dumpBuffer(key))?.toString('latin1') ?? ''}`,
        ),
      );
      expect(dumps.some((dump) => dump.includes(secret))).toBe(false);
    });
  });

  it.each([
    ['the coordinator alone has a secret', secret, undefined, 'another `secret`, or none', true],
    ['the workers alone have a secret', undefined, secret, 'have a `secret`, and take only', false],
    ['both have secrets that differ', secret, `${secret}!`, 'another `secret`, or none', true],
  ])('when %s, both sides say so and nothing hangs', async (_what, mine, theirs, words, signs) => {
    const seen: unknown[] = [];
    await serverOf({ double: (input: number) => (seen.push(input), 0) }, { secret: theirs });
    const runner = runnerOf({ secret: mine, noWorkerMs: 600 });
    await expect(runner.run({ id: 'a', task: 'double', input: 1 })).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_TASK_UNKNOWN',
      message: expect.stringContaining(words) as string,
    });
    expect(noticed.filter(({ type }) => type === 'worker-unusable')).toHaveLength(1);
    await expect.poll(() => events).toEqual([{ type: 'coordinator-unusable', queue, signs }]);
    expect(seen).toEqual([]);
    // Another worker, which has the same secret, takes it as if nothing had been.
    await serverOf({ double }, { secret: mine, name: 'right' });
    expect(await runner.run({ id: 'a', task: 'double', input: 1 })).toEqual({ value: 2, worker: 'right' });
  });

  it('a task that a worker does not take for now goes to another one, without using up an attempt', async () => {
    let spent = true;
    const first = await serverOf(
      { double },
      { name: 'spent', refuses: () => (spent ? 'its budget is used up' : undefined) },
    );
    const runner = runnerOf();
    expect((await runner.listWorkers()).map(({ tasks }) => tasks)).toEqual([[]]);
    const result = runner.run({ id: 'a', task: 'double', input: 4 });
    await expect
      .poll(() => events)
      .toContainEqual({ type: 'task-returned', id: 'a', task: 'double', reason: 'its budget is used up' });
    await serverOf({ double }, { name: 'rich' });
    expect(await result).toEqual({ value: 8, worker: 'rich' });
    spent = false;
    await expect
      .poll(async () => (await runner.listWorkers()).map(({ tasks }) => tasks))
      .toEqual([['double'], ['double']]);
    await first.close();
  });
});

const ghost = { name: 'ghost', host: 'h', pid: 1, tasks: ['wait'], concurrency: 1, running: 0 };
const forgedResult = JSON.stringify({ value: { t: 'j', v: 'forged' }, worker: 'evil', mac: 'A'.repeat(43) });
const forgedError = { t: 'j', v: { kind: 'error', name: 'Error', message: 'forged' } };
const forgedFailure = JSON.stringify({ orc: 1, worker: 'evil', error: forgedError });
const forgedRefusal = JSON.stringify({ orc: 1, worker: 'evil', ended: 'refused', error: forgedError, mac: 'x' });

function jobWith(input: object): object {
  return { v: 2, id: 'forged', input, attempt: 1, progress: false };
}
