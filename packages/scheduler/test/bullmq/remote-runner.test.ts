import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { deferred } from '../../../../test-support/deferred.ts';
import { remoteRunner, serve } from '../../src/bullmq/index.ts';
import type {
  RemoteEvent,
  RemoteRunner,
  RemoteRunnerOptions,
  ServeEvent,
  ServeOptions,
  TaskServer,
} from '../../src/bullmq/index.ts';
import { SchedulerError } from '../../src/errors.ts';
import type { TaskContext } from '../../src/task.ts';

class StoryError extends Error {
  override readonly name = 'StoryError';
  readonly code = 'ERR_STORY';
  readonly chapter = 3;
}

describe.skipIf(withoutRedis)('a remote runner', () => {
  let redis: RedisServer;
  const open: { close(options?: { timeoutMs?: number }): Promise<void> }[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close({ timeoutMs: 0 })));
  });
  afterAll(async () => {
    await redis.stop();
  });

  const runnerOf = (queue: string, options: Partial<RemoteRunnerOptions> = {}): RemoteRunner => {
    const runner = remoteRunner({ connection: redis.url, queue, preset: 'fast', ...options });
    open.push(runner);
    return runner;
  };
  const serverOf = async (
    queue: string,
    tasks: Parameters<typeof serve>[0],
    options: Partial<ServeOptions> = {},
  ): Promise<TaskServer> => {
    const server = await serve(tasks, { connection: redis.url, queue, preset: 'fast', concurrency: 4, ...options });
    open.push(server);
    return server;
  };

  it('gives the value, and tells which worker made it', async () => {
    const queue = randomUUID();
    const server = await serverOf(queue, { double: (input: number) => input * 2 }, { name: 'one' });
    const runner = runnerOf(queue);
    expect(await runner.run({ id: 'a', task: 'double', input: 21 })).toEqual({ value: 42, worker: 'one' });
    expect(server.running).toBe(0);
  });

  it('gives a finished id its recorded result, also to a second coordinator', async () => {
    const queue = randomUUID();
    let runs = 0;
    await serverOf(queue, { count: () => (runs += 1) });
    expect((await runnerOf(queue).run({ id: 'run/one: [x]', task: 'count', input: null })).value).toBe(1);
    expect((await runnerOf(queue).run({ id: 'run/one: [x]', task: 'count', input: null })).value).toBe(1);
    expect((await runnerOf(queue).run({ id: 'run/two: [x]', task: 'count', input: null })).value).toBe(2);
  });

  it('lets several callers of one id share its run', async () => {
    const queue = randomUUID();
    let runs = 0;
    await serverOf(queue, { count: () => (runs += 1) });
    const runner = runnerOf(queue);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => runner.run({ id: 'same', task: 'count', input: null })),
    );
    expect(results.map(({ value }) => value)).toEqual([1, 1, 1, 1, 1]);
  });

  it('keeps the class, code, cause and fields of an error', async () => {
    const queue = randomUUID();
    await serverOf(queue, {
      fail() {
        throw new StoryError('no ending', { cause: new RangeError('too long') });
      },
    });
    const error: unknown = await runnerOf(queue)
      .run({ id: 'a', task: 'fail', input: null })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StoryError', message: 'no ending', code: 'ERR_STORY', chapter: 3 });
    expect((error as Error).cause).toBeInstanceOf(RangeError);
  });

  it('runs a failed id again', async () => {
    const queue = randomUUID();
    const attempts: number[] = [];
    await serverOf(queue, {
      flaky(_input: null, { attempt }: TaskContext) {
        attempts.push(attempt);
        if (attempt < 3) throw new Error(`attempt ${String(attempt)}`);
        return 'done';
      },
    });
    const runner = runnerOf(queue);
    await expect(runner.run({ id: 'a', task: 'flaky', input: null, attempt: 1 })).rejects.toThrow('attempt 1');
    await expect(runner.run({ id: 'a', task: 'flaky', input: null, attempt: 2 })).rejects.toThrow('attempt 2');
    expect((await runner.run({ id: 'a', task: 'flaky', input: null, attempt: 3 })).value).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('tells the progress in order, all of it before the result', async () => {
    const queue = randomUUID();
    await serverOf(queue, {
      steps(count: number, context: TaskContext) {
        for (let step = 1; step <= count; step += 1) context.progress({ step });
        return 'end';
      },
    });
    const seen: unknown[] = [];
    const { value } = await runnerOf(queue).run({
      id: 'a',
      task: 'steps',
      input: 20,
      onProgress: (step) => seen.push(step),
    });
    expect(value).toBe('end');
    expect(seen).toEqual(Array.from({ length: 20 }, (_one, index) => ({ step: index + 1 })));
  });

  it('aborts a task that takes longer than its time', async () => {
    const queue = randomUUID();
    await serverOf(queue, {
      wait: (_input: null, { signal }: TaskContext) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    });
    await expect(runnerOf(queue).run({ id: 'a', task: 'wait', input: null, timeoutMs: 20 })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('carries values that JSON cannot', async () => {
    const queue = randomUUID();
    await serverOf(queue, { echo: (input: unknown) => input });
    const value = {
      at: new Date(5),
      map: new Map([[1, new Set(['x'])]]),
      big: 12n,
      none: undefined,
      bytes: new Uint8Array([1, 2]),
      nan: Number.NaN,
    };
    const runner = runnerOf(queue);
    expect((await runner.run({ id: 'a', task: 'echo', input: value })).value).toStrictEqual(value);
    expect((await runner.run({ id: 'b', task: 'echo', input: undefined })).value).toBeUndefined();
    await expect(runner.run({ id: 'c', task: 'echo', input: () => 1 })).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_PAYLOAD',
    });
  });

  it('takes large inputs, results and errors beside the job, and forgets them in time', async () => {
    const queue = randomUUID();
    const size = 700_000;
    await serverOf(queue, {
      grow: (input: string) => input + input,
      fail(input: string) {
        throw new Error(input);
      },
    });
    const runner = runnerOf(queue);
    const input = 'x'.repeat(size);
    expect((await runner.run({ id: 'a', task: 'grow', input })).value).toBe(input + input);
    await expect(runner.run({ id: 'b', task: 'fail', input })).rejects.toThrow(input);
    const { Redis } = await import('ioredis');
    const client = new Redis(redis.url);
    const stored = await client.keys(`orc:${queue}:orc:payload:*`);
    expect(stored.map((key) => String(key.split(':').at(-1))).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'error',
      'in',
      'in',
      'out',
    ]);
    for (const key of stored) expect(await client.pttl(key)).toBeGreaterThan(0);
    // A record whose large result is gone is no result.
    await client.del(stored.filter((key) => key.endsWith(':out')));
    client.disconnect();
    expect((await runnerOf(queue).run({ id: 'a', task: 'grow', input })).value).toBe(input + input);
  });

  it('cancels a waiting task before it starts', async () => {
    const queue = randomUUID();
    const started: unknown[] = [];
    const runner = runnerOf(queue);
    const controller = new AbortController();
    const cancelled = runner.run({ id: 'never', task: 'note', input: 1 }, { signal: controller.signal });
    await runner.ready();
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await expect(cancelled).rejects.toBe(reason);
    await serverOf(queue, { note: (input: unknown) => started.push(input) });
    await runner.run({ id: 'after', task: 'note', input: 2 });
    expect(started).toEqual([2]);
  });

  it('cancels a running task on its worker, which says so, and runs the id afresh afterwards', async () => {
    const queue = randomUUID();
    const { promise: began, resolve: begin } = deferred();
    let seenReason: unknown;
    let runs = 0;
    await serverOf(
      queue,
      {
        wait(_input: null, { signal }: TaskContext) {
          runs += 1;
          if (runs > 1) return 'second';
          begin();
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              seenReason = signal.reason;
              reject(signal.reason as Error);
            }),
          );
        },
      },
      { name: 'w' },
    );
    const events: RemoteEvent[] = [];
    const runner = runnerOf(queue, { onEvent: (event) => events.push(event) });
    const controller = new AbortController();
    const first = runner.run({ id: 'a', task: 'wait', input: null }, { signal: controller.signal });
    await began;
    const reason = new StoryError('stop');
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect((await runner.run({ id: 'a', task: 'wait', input: null })).value).toBe('second');
    expect(seenReason).toMatchObject({ name: 'StoryError', message: 'stop' });
    expect(events).toContainEqual({
      type: 'task-cancelling',
      jobId: expect.stringMatching(/^a-/) as string,
      worker: 'w',
    });
  });

  it('runs a task again for a second coordinator when the first has cancelled it', async () => {
    const queue = randomUUID();
    const { promise: began, resolve: begin } = deferred();
    let runs = 0;
    await serverOf(queue, {
      wait(_input: null, { signal }: TaskContext) {
        runs += 1;
        if (runs > 1) return 'second';
        begin();
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      },
    });
    const controller = new AbortController();
    const reason = new Error('not me any more');
    const one = runnerOf(queue).run({ id: 'a', task: 'wait', input: null }, { signal: controller.signal });
    const refused = expect(one).rejects.toBe(reason);
    await began;
    const other = runnerOf(queue);
    const two = other.run({ id: 'a', task: 'wait', input: null });
    await other.listWorkers();
    controller.abort(reason);
    await refused;
    expect((await two).value).toBe('second');
    expect(runs).toBe(2);
  });

  it('leaves a task that it does not know to the other workers', async () => {
    const queue = randomUUID();
    const seen: ServeEvent[] = [];
    await serverOf(queue, { other: () => 1 }, { name: 'ignorant', onEvent: (event) => seen.push(event) });
    const runner = runnerOf(queue);
    const result = runner.run({ id: 'a', task: 'rare', input: null });
    await expect.poll(() => seen.some(({ type }) => type === 'task-unknown')).toBe(true);
    await serverOf(queue, { rare: () => 'found' }, { name: 'expert' });
    expect(await result).toEqual({ value: 'found', worker: 'expert' });
  });

  it('lists the workers that are alive, and gives up when none knows a task', async () => {
    const queue = randomUUID();
    const runner = runnerOf(queue, { noWorkerMs: 600 });
    expect(await runner.listWorkers()).toEqual([]);
    const server = await serverOf(queue, { echo: (input: unknown) => input }, { name: 'w1', concurrency: 3 });
    expect(await runner.listWorkers()).toMatchObject([{ name: 'w1', tasks: ['echo'], concurrency: 3, running: 0 }]);
    await server.close();
    expect(await runner.listWorkers()).toEqual([]);
    await expect(runner.run({ id: 'a', task: 'echo', input: 1 })).rejects.toMatchObject({
      code: 'ERR_SCHEDULER_TASK_UNKNOWN',
      message: expect.stringContaining('No worker serves') as string,
    });
  });

  it('runs the more urgent first', async () => {
    const queue = randomUUID();
    const runner = runnerOf(queue);
    await runner.ready();
    const order: number[] = [];
    const results = [0, -5, 7, 0, 100].map((priority, index) =>
      runner.run({ id: String(index), task: 'note', input: priority, priority }),
    );
    await expect.poll(async () => (await queueLength(redis.url, queue)) === 5).toBe(true);
    await serverOf(queue, { note: (input: number) => order.push(input) }, { concurrency: 1 });
    await Promise.all(results);
    expect(order).toEqual([100, 7, 0, 0, -5]);
  });

  it('gives back at close what does not end in time, and another worker runs it', async () => {
    const queue = randomUUID();
    const { promise: began, resolve: begin } = deferred();
    const first = await serverOf(queue, {
      hold(_input: null, { signal }: TaskContext) {
        begin();
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      },
    });
    const result = runnerOf(queue).run({ id: 'a', task: 'hold', input: null });
    await began;
    await first.close({ timeoutMs: 10 });
    await serverOf(queue, { hold: () => 'elsewhere' }, { name: 'second' });
    expect(await result).toEqual({ value: 'elsewhere', worker: 'second' });
  });

  it('refuses work after close, ends what waits, and closes once', async () => {
    const queue = randomUUID();
    const runner = runnerOf(queue);
    const waits = runner.run({ id: 'a', task: 'nobody', input: null });
    const refused = expect(waits).rejects.toMatchObject({ code: 'ERR_SCHEDULER_CLOSED' });
    await Promise.all([runner.close({ timeoutMs: 10 }), runner.close()]);
    await refused;
    await expect(runner.run({ id: 'b', task: 'nobody', input: null })).rejects.toBeInstanceOf(SchedulerError);
  });

  it('leaves no listener on a signal that outlives many tasks', async () => {
    const queue = randomUUID();
    await serverOf(queue, { echo: (input: unknown) => input });
    const runner = runnerOf(queue);
    const { signal } = new AbortController();
    let listening = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...parameters: Parameters<typeof add>) => {
      listening += 1;
      add(...parameters);
    };
    signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
      listening -= 1;
      remove(...parameters);
    };
    await Promise.all(
      Array.from({ length: 20 }, (_one, index) =>
        runner.run({ id: String(index), task: 'echo', input: index }, { signal }),
      ),
    );
    expect(listening).toBe(0);
  });
});

async function queueLength(url: string, queue: string): Promise<number> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url);
  try {
    return await client.zcard(`orc:${queue}:prioritized`);
  } finally {
    client.disconnect();
  }
}
