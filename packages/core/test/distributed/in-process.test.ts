import { randomUUID } from 'node:crypto';

import { defineTask } from '@orc/scheduler';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { freePort, startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { deferred } from '../../../../test-support/deferred.ts';
import { distributedPhaseRunner, servePipelines } from '../../src/distributed/index.ts';
import type { DistributedOptions, ServePipelinesOptions } from '../../src/distributed/index.ts';
import { OrcError, createOrchestrator, definePhase, definePipeline, each } from '../../src/index.ts';
import type { ModelClient, Phase, Pipeline } from '../../src/index.ts';
import { parsePipeline } from '../../src/pipelines/file/parse-pipeline.ts';
import { finished, ofType } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';

const preset = { lockMs: 1000, stalledMs: 300, heartbeatMs: 200, pollMs: 100, brokerLostMs: 600 };

const names = definePhase({
  id: 'names',
  kind: 'compute',
  uses: { request: ['text'] },
  run: ({ request }) => request.text.split(' '),
});
const write = definePhase({
  id: 'write',
  kind: 'llm',
  needs: { names },
  forEach: ({ inputs }) => inputs.names.map((name) => ({ key: name, value: name })),
  prompt: ({ item }) => `a line about ${item}`,
});
const count = definePhase({
  id: 'count',
  kind: 'cpu',
  needs: { line: each(write) },
  forEach: { phase: write },
  taskInput: ({ inputs }) => ({ text: inputs.line }),
  run: defineTask<{ text: string }, number>({ module: new URL('fixtures/count-words.mjs', import.meta.url) }),
});
const draw = definePhase({
  id: 'draw',
  kind: 'io',
  uses: { request: ['seed', 'options.tone'] },
  run: (context) => {
    context.report({ message: 'drawing', fraction: 0.5 });
    return `${JSON.stringify(context.request.options['tone'])} ${context.random().toFixed(6)}`;
  },
});
const place = definePhase({ id: 'place', kind: 'io', local: true, run: () => 'here' });
const sum = definePhase({
  id: 'sum',
  kind: 'compute',
  needs: { count, draw, place },
  run: ({ inputs }) =>
    `${inputs.count.map(({ key, value }) => `${key}=${value}`).join(' ')} ${inputs.draw} ${inputs.place}`,
});

function pipelineOf(id: string, ...phases: readonly Phase[]): Pipeline {
  return definePipeline({
    id,
    version: '1',
    description: 'A test',
    phases,
    result: { phase: phases.at(-1) as Phase, text: (output) => String(output) },
  });
}

const book = pipelineOf('book', names, write, count, draw, place, sum);
const request = { text: 'moon sun stars', seed: 7, options: { tone: 'calm' } };

test('without Redis the run stays on this machine, and says so', async () => {
  const remote = distributedPhaseRunner({ connection: { host: '127.0.0.1', port: await freePort() } });
  await expect(remote.connect()).rejects.toMatchObject({ code: 'ERR_ORC_BROKER' });
  await using orchestrator = createOrchestrator({ model: fakeModel(), remote });
  const { status, strategy, events } = await finished(orchestrator.run(book, request));
  expect({ status, strategy: strategy.name }).toEqual({ status: 'succeeded', strategy: 'parallel' });
  expect(ofType(events, 'degrade').map(({ what }) => what)).toEqual(['broker']);
});

describe.skipIf(withoutRedis)('with Redis', () => {
  let redis: RedisServer;
  let prefix: string;
  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(() => {
    // What one test has run must not be a memo of the next.
    prefix = randomUUID();
  });
  afterAll(async () => {
    await redis.stop();
  });

  const remoteOf = (options: Partial<DistributedOptions> = {}) =>
    distributedPhaseRunner({ connection: redis.url, prefix, preset, ...options });
  const serverOf = (options: Partial<ServePipelinesOptions>) =>
    servePipelines({
      connection: redis.url,
      prefix,
      preset,
      concurrency: 4,
      pipelines: [book],
      model: fakeModel(),
      ...options,
    });

  test('a distributed run gives what a run on one machine gives; compute and local phases stay here', async () => {
    await using alone = createOrchestrator({ model: fakeModel() });
    const expected = await finished(alone.run(book, request));
    expect(expected.error).toBeUndefined();
    const model = fakeModel();
    await using _server = await serverOf({ name: 'machine', model });
    const mine = fakeModel();
    await using orchestrator = createOrchestrator({ model: mine, remote: remoteOf() });
    const result = await finished(orchestrator.run(book, request));
    expect(result.error).toBeUndefined();
    expect(result.text).toBe(expected.text);
    expect(result.strategy.name).toBe('distributed');
    expect(ofType(result.events, 'degrade')).toEqual([]);
    const workers = Object.fromEntries(ofType(result.events, 'task-end').map(({ task, worker }) => [task, worker]));
    expect(workers).toEqual({
      names: undefined,
      'write[moon]': 'machine',
      'write[sun]': 'machine',
      'write[stars]': 'machine',
      'count[moon]': 'machine',
      'count[sun]': 'machine',
      'count[stars]': 'machine',
      draw: 'machine',
      place: undefined,
      sum: undefined,
    });
    expect(ofType(result.events, 'task-end').find(({ task }) => task === 'count[moon]')?.threadId).toBeGreaterThan(0);
    expect(model.calls).toHaveLength(3);
    expect(mine.calls).toHaveLength(0);
    expect(result.usage).toEqual(expected.usage);
    expect(ofType(result.events, 'model-end')).toHaveLength(3);
    expect(
      ofType(result.events, 'task-delta')
        .map(({ text }) => text)
        .join(''),
    ).toContain('a line about');
    expect(ofType(result.events, 'task-progress')).toMatchObject([{ task: 'draw', message: 'drawing', fraction: 0.5 }]);
  });

  test('what a model client holds does not go to Redis', async () => {
    const model: ModelClient & { readonly apiKey: string } = {
      ...fakeModel({ identity: { model: 'secretive' } }),
      apiKey: 'sk-very-secret',
    };
    await using _server = await serverOf({ model });
    await using orchestrator = createOrchestrator({ model, remote: remoteOf() });
    expect((await finished(orchestrator.run(book, { ...request, text: 'key safe' }))).status).toBe('succeeded');
    const client = new Redis(redis.url);
    const dumps = await Promise.all(
      (await client.keys('*')).map(async (key) => (await client.dumpBuffer(key))?.toString('latin1') ?? ''),
    );
    client.disconnect();
    expect(dumps.some((dump) => dump.includes('sk-very-secret'))).toBe(false);
  });

  test('an error of a phase comes back with its class and code, and is tried again', async () => {
    const attempts: number[] = [];
    const flaky = definePhase({
      id: 'flaky',
      kind: 'io',
      retry: { attempts: 2, backoffMs: 1 },
      run({ attempt }): string {
        attempts.push(attempt);
        throw new OrcError('ERR_ORC_PHASE_FAILED', `attempt ${attempt}`, { hint: 'Give up.', retryable: true });
      },
    });
    const calm = definePhase({ id: 'calm', kind: 'io', run: () => 1 });
    const end = definePhase({ id: 'end', kind: 'compute', needs: { flaky, calm }, run: () => 1 });
    const failing = pipelineOf('failing', flaky, calm, end);
    await using _server = await serverOf({ pipelines: [failing] });
    await using orchestrator = createOrchestrator({ remote: remoteOf() });
    const result = await finished(orchestrator.run(failing, request));
    expect(result.error).toMatchObject({
      code: 'ERR_ORC_PHASE_FAILED',
      message: 'attempt 2',
      hint: 'Give up.',
      phase: 'flaky',
    });
    expect(attempts).toEqual([1, 2]);
  });

  test('cancelling a run stops its phases on the other machines', async () => {
    let aborted: unknown;
    const { promise: began, resolve: begin } = deferred();
    const wait = definePhase({
      id: 'wait',
      kind: 'io',
      run: ({ signal }) => {
        begin();
        return new Promise<number>((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted = signal.reason;
            reject(signal.reason as Error);
          }),
        );
      },
    });
    const calm = definePhase({ id: 'calm', kind: 'io', run: () => 1 });
    const end = definePhase({ id: 'end', kind: 'compute', needs: { wait, calm }, run: () => 1 });
    const waiting = pipelineOf('waiting', wait, calm, end);
    await using server = await serverOf({ pipelines: [waiting] });
    await using orchestrator = createOrchestrator({ remote: remoteOf() });
    const run = orchestrator.run(waiting, request);
    await began;
    run.cancel(new Error('enough'));
    expect((await run.result).status).toBe('cancelled');
    await expect.poll(() => server.running).toBe(0);
    expect(aborted).toMatchObject({ message: 'enough' });
  });

  test('work for another pipeline or another model is left alone, and after a while done here', async () => {
    const other = pipelineOf('other', names, write, sumOf(write));
    const served = fakeModel({ identity: { model: 'another' } });
    await using _server = await serverOf({ pipelines: [other], model: served });
    const mine = fakeModel();
    for (const pipeline of [book, other]) {
      await using orchestrator = createOrchestrator({
        model: mine,
        remote: remoteOf({ noWorkerMs: 300 }),
        cache: false,
      });
      const result = await finished(orchestrator.run(pipeline, { ...request, text: 'left alone' }));
      expect(result.error).toBeUndefined();
      expect(ofType(result.events, 'degrade').map(({ what }) => what)).toEqual(['broker']);
      expect(new Set(ofType(result.events, 'task-end').map(({ worker }) => worker))).toEqual(new Set([undefined]));
    }
    expect(served.calls).toHaveLength(0);
  });

  test('a pipeline made from a file travels with its work', async () => {
    const source = [
      'id: letters',
      'version: "1"',
      'description: Two letters',
      'phases:',
      '  - { id: one, prompt: "one letter to {{request.text}}" }',
      '  - { id: two, prompt: "two letters to {{request.text}}" }',
      '  - { id: both, needs: [one, two], prompt: "{{one}} and {{two}}" }',
      'result: { phase: both }',
    ].join('\n');
    const letters = await parsePipeline(source);
    await using _server = await serverOf({ name: 'reader', pipelines: [] });
    await using orchestrator = createOrchestrator({ model: fakeModel(), remote: remoteOf() });
    const result = await finished(orchestrator.run(letters, { text: 'Mars', seed: 1 }));
    expect(result.error).toBeUndefined();
    expect(result.text).toBe('re: re: one letter to Mars and re: two letters to Mars');
    expect(ofType(result.events, 'task-end').map(({ worker }) => worker)).toEqual(['reader', 'reader', 'reader']);
  });

  test('when Redis is lost in the middle the run goes on here', async () => {
    await using own = await startRedis();
    const { promise: began, resolve: begin } = deferred();
    let calls = 0;
    const slow = definePhase({
      id: 'slow',
      kind: 'io',
      run: ({ signal }) => {
        calls += 1;
        if (calls > 1) return 'here';
        begin();
        return new Promise<string>((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      },
    });
    const calm = definePhase({ id: 'calm', kind: 'io', run: () => 1 });
    const end = definePhase({ id: 'end', kind: 'compute', needs: { slow, calm }, run: ({ inputs }) => inputs.slow });
    const fragile = pipelineOf('fragile', slow, calm, end);
    const server = await servePipelines({ connection: own.url, preset, pipelines: [fragile] });
    await using orchestrator = createOrchestrator({ remote: distributedPhaseRunner({ connection: own.url, preset }) });
    const running = finished(orchestrator.run(fragile, request));
    await began;
    await own.kill();
    const result = await running;
    expect(result.error).toBeUndefined();
    expect(result.text).toBe('here');
    expect(ofType(result.events, 'degrade').map(({ what }) => what)).toEqual(['broker']);
    await server.close({ timeoutMs: 0 });
  });
});

function sumOf(phase: typeof write): Phase {
  return definePhase({ id: 'sum', kind: 'compute', needs: { lines: phase }, run: ({ inputs }) => inputs.lines.length });
}
