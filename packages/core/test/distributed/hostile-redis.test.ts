/** Somebody else writes to the Redis of workers and coordinators: no file leaves a worker, and nothing of his is taken. */
import { randomUUID } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { HostileClient } from '../../../../test-support/hostile-client.ts';
import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { distributedPhaseRunner, servePipelines } from '../../src/distributed/index.ts';
import type { DistributedOptions, PipelineServer, ServePipelinesOptions } from '../../src/distributed/index.ts';
import { filesQueue, queueOfPipeline } from '../../src/distributed/queue-names.ts';
import { createOrchestrator, definePhase, definePipeline } from '../../src/index.ts';
import type { Phase, Pipeline } from '../../src/index.ts';
import { parsePipeline } from '../../src/pipelines/file/parse-pipeline.ts';
import { finished, ofType } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';

const preset = { lockMs: 2000, stalledMs: 500, heartbeatMs: 200, pollMs: 100, brokerLostMs: 10_000 };
const secret = 'a secret of all machines';
type Served = Parameters<NonNullable<ServePipelinesOptions['onEvent']>>[0];

const reader = [
  'id: reader',
  'version: "1"',
  'description: d',
  'phases:',
  '  - { id: files, kind: read, files: [passwd] }',
  'result: { phase: files }',
].join('\n');

describe.skipIf(withoutRedis)('with a hostile client of Redis', () => {
  let redis: RedisServer;
  let client: Redis;
  let prefix: string;
  let served: Served[];
  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
  });
  beforeEach(() => {
    prefix = randomUUID();
    served = [];
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  const serverOf = (options: Partial<ServePipelinesOptions>): Promise<PipelineServer> =>
    servePipelines({
      connection: redis.url,
      prefix,
      preset,
      concurrency: 2,
      pipelines: [],
      onEvent: (event) => served.push(event),
      ...options,
    });
  const remoteOf = (options: Partial<DistributedOptions> = {}): ReturnType<typeof distributedPhaseRunner> =>
    distributedPhaseRunner({ connection: redis.url, prefix, preset, noWorkerMs: 600, ...options });
  const ended = (): readonly unknown[] =>
    served.flatMap((event) => (event.type === 'task-end' ? [(event.error as Error | undefined)?.message] : []));

  test('a job that would read the files of a worker gives nothing away, whatever it says', async () => {
    await using _server = await serverOf({ model: fakeModel() });
    const { id, version, digest } = await parsePipeline(reader);
    const enemy = new HostileClient(client, prefix, filesQueue);
    const base = {
      id: 'x',
      phase: 'files',
      task: 'files',
      key: '',
      item: null,
      inputs: {},
      request: { text: '', seed: 1, input: '/etc' },
      env: {},
      attempt: 1,
    };
    const texts = [
      reader,
      reader.replace('kind: read', 'kind: read, local: false'),
      reader.replace('files: [passwd]', 'files: [/etc/passwd]'),
    ];
    for (const [index, source] of texts.entries()) {
      const input = { ...base, pipeline: { id, version, digest, source } };
      const data = { v: 2, id: `job-${index}`, input: { t: 'j', v: input }, attempt: 1, progress: false };
      await enemy.putJob(`evil-${index}`, 'phase', JSON.stringify(data));
    }
    await expect.poll(() => ended().length).toBe(texts.length);
    expect(ended().every((message) => /does not execute it|can not be made|another one/.test(String(message)))).toBe(
      true,
    );
    const dumps = await Promise.all(
      (await client.keys(`${prefix}:*`)).map(async (key) => (await client.dumpBuffer(key))?.toString('latin1')),
    );
    expect(dumps.join('')).not.toContain('root:');
  });

  test('a forged text under the digest of an honest pipeline does not spoil the honest one', async () => {
    const source = [
      'id: letters',
      'version: "1"',
      'description: d',
      'phases:',
      '  - { id: one, prompt: "one {{request.text}}" }',
      '  - { id: two, prompt: "two {{request.text}}" }',
      '  - { id: both, needs: [one, two], prompt: "{{one}} {{two}}" }',
      'result: { phase: both }',
    ].join('\n');
    const letters = await parsePipeline(source);
    await using _server = await serverOf({ name: 'machine', model: fakeModel() });
    const input = {
      id: 'x',
      phase: 'one',
      task: 'one',
      key: '',
      item: null,
      inputs: {},
      request: { text: '', seed: 1 },
      env: {},
      attempt: 1,
      pipeline: { id: 'letters', version: '1', digest: letters.digest, source: source.replace('one {{', 'evil {{') },
    };
    const data = { v: 2, id: 'job', input: { t: 'j', v: input }, attempt: 1, progress: false };
    await new HostileClient(client, prefix, filesQueue).putJob('evil', 'phase', JSON.stringify(data));
    await expect.poll(ended).toEqual([expect.stringContaining('becomes another one')]);
    await using orchestrator = createOrchestrator({ model: fakeModel(), remote: remoteOf() });
    const result = await finished(orchestrator.run(letters, { text: 'Mars', seed: 1 }));
    expect(ofType(result.events, 'task-end').map(({ worker }) => worker)).toEqual(['machine', 'machine', 'machine']);
    expect(result.text).toBe('re: re: one Mars re: two Mars');
  });

  const dear = (id: string): Phase => definePhase({ id, kind: 'llm', prompt: () => `write ${id}` });
  const pair = (version = '1'): Pipeline => {
    const [a, b] = [dear('a'), dear('b')];
    const end = definePhase({
      id: 'end',
      kind: 'compute',
      needs: { a, b },
      run: ({ inputs }) => JSON.stringify(inputs),
    });
    const result = { phase: end, text: (output: unknown) => String(output) };
    return definePipeline({ id: 'pair', version, description: 'd', phases: [a, b, end], result });
  };
  const run = async (remote: ReturnType<typeof distributedPhaseRunner>, pipeline: Pipeline) => {
    await using orchestrator = createOrchestrator({
      model: fakeModel({ priced: true, costUsd: 1 }),
      remote,
      cache: false,
    });
    const result = await finished(orchestrator.run(pipeline, { text: 'x', seed: 1 }));
    const messages = ofType(result.events, 'degrade').map(({ message }) => message);
    const workers = ofType(result.events, 'task-end').flatMap(({ phase, worker }) => (phase === 'end' ? [] : [worker]));
    return { status: result.status, text: result.text, messages, workers };
  };
  const whole = '{"a":"re: write a","b":"re: write b"}';

  test('a worker whose own budget is spent takes no more calls; the run goes on with its own', async () => {
    const model = fakeModel({ priced: true, costUsd: 1 });
    await using _server = await serverOf({ model, pipelines: [pair()], budgetUsd: 1, concurrency: 1 });
    const { status, text, messages, workers } = await run(remoteOf(), pair());
    expect({ status, text }).toEqual({ status: 'succeeded', text: whole });
    expect(model.calls).toHaveLength(1);
    expect(workers.filter((worker) => worker !== undefined)).toHaveLength(1);
    expect(messages).toEqual([expect.stringContaining("takes no such task: the worker's budget of $1 is used up")]);
  });

  test('signed work is done by those who share the secret, and by nobody else', async () => {
    await using _server = await serverOf({ model: fakeModel(), pipelines: [pair()], secret, name: 'right' });
    expect(await run(remoteOf({ secret }), pair())).toMatchObject({
      text: whole,
      messages: [],
      workers: ['right', 'right'],
    });
    for (const other of [undefined, `${secret}!`]) {
      const { text, messages, workers } = await run(remoteOf({ secret: other }), pair());
      expect({ text, workers }).toEqual({ text: whole, workers: [undefined, undefined] });
      expect(messages).toEqual([expect.stringMatching(/1 there have .*`secret`.*goes on without other machines/)]);
    }
    expect(served.filter(({ type }) => type === 'coordinator-unusable').length).toBeGreaterThan(0);
  });

  test('forged answers to signed work are not taken: the run ends with its own', async () => {
    const remote = remoteOf({ secret, noWorkerMs: 0 });
    const running = run(remote, pair());
    const queue = `${queueOfPipeline(pair())}-signed-`;
    const forged = JSON.stringify({ value: { t: 'j', v: { value: 'forged', complete: true } }, worker: 'evil' });
    let over = false;
    void running.then(() => (over = true));
    await expect
      .poll(
        async () => {
          const [key = ''] = await client.keys(`${prefix}:${queue}*:meta`);
          const enemy = new HostileClient(client, prefix, key.split(':')[1] ?? '');
          if (key !== '' && !over)
            await Promise.all((await enemy.jobs()).map((jobId) => enemy.complete(jobId, forged)));
          return over;
        },
        { timeout: 15_000 },
      )
      .toBe(true);
    const { text, messages, workers } = await running;
    expect({ text, workers }).toEqual({ text: whole, workers: [undefined, undefined] });
    expect(messages).toEqual([expect.stringContaining('somebody else writes to Redis')]);
  });

  test('a worker with another version of the pipeline is named, and one with another model', async () => {
    await using _server = await serverOf({ model: fakeModel(), pipelines: [pair('2')], name: 'old' });
    const { text, messages } = await run(remoteOf(), pair('1'));
    expect(text).toBe(whole);
    expect(messages).toEqual([expect.stringContaining('Worker old serves another version of `pair`: 2, digest')]);
    await using _other = await serverOf({
      model: fakeModel({ id: 'fake/small', identity: { m: 'small' } }),
      pipelines: [pair('1')],
    });
    expect((await run(remoteOf(), pair('1'))).messages).toEqual([
      expect.stringContaining('do not serve the model fake/echo as it is configured here; they serve fake/small'),
    ]);
  });

  test('a broker that refuses the password says so in the strategy and once in the run', async () => {
    await using guarded = await startRedis(['--requirepass', 'right-word']);
    await using orchestrator = createOrchestrator({
      model: fakeModel(),
      remote: distributedPhaseRunner({ connection: guarded.url.replace('//', '//:wrong-word@') }),
    });
    const { strategy, events } = await finished(orchestrator.run(pair(), { text: 'x', seed: 1 }));
    expect(strategy.reason).toMatch(
      /the broker can not be reached: Redis at .* refuses the user or the password: WRONGPASS/,
    );
    expect(ofType(events, 'degrade').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Redis: the broker can not be reached: .*WRONGPASS.*stays on this machine$/),
    ]);
    expect(JSON.stringify(events)).not.toContain('wrong-word');
  });
});
