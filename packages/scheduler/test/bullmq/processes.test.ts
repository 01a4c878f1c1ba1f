import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startProcess } from '../../../../test-support/fixture-process.ts';
import type { FixtureProcess } from '../../../../test-support/fixture-process.ts';
import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { folderOfTest } from '../../../../test-support/temporary-folder.ts';
import { remoteRunner } from '../../src/bullmq/index.ts';
import type { RemoteRunner } from '../../src/bullmq/index.ts';

const preset = { lockMs: 600, stalledMs: 300, maxStalled: 3, heartbeatMs: 200, pollMs: 200, brokerLostMs: 5000 };

const script = (name: string): URL => new URL(`fixtures/${name}.mjs`, import.meta.url);

describe.skipIf(withoutRedis)('worker and coordinator processes', () => {
  let redis: RedisServer;
  let directory: string;
  let queue: string;
  let log: string;
  let processes: FixtureProcess[] = [];
  let runners: RemoteRunner[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(() => {
    directory = folderOfTest();
    queue = randomUUID();
    log = join(directory, queue);
  });
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.close({ timeoutMs: 0 })));
    await Promise.all(processes.map((one) => one.kill()));
    processes = [];
    runners = [];
  });
  afterAll(async () => {
    await redis.stop();
  });

  const worker = async (name: string, concurrency = 2): Promise<FixtureProcess> => {
    const started = startProcess(script('worker'), { connection: redis.url, queue, preset, name, concurrency, log });
    processes.push(started);
    await started.seen('ready');
    return started;
  };
  const coordinator = (run: string, gates: Record<string, string>): FixtureProcess => {
    const started = startProcess(script('coordinator'), { connection: redis.url, queue, preset, run, gates });
    processes.push(started);
    return started;
  };
  const runner = (): RemoteRunner => {
    const made = remoteRunner({ connection: redis.url, queue, preset });
    runners.push(made);
    return made;
  };
  const logged = (): string[] => readFileSync(log, 'utf8').trim().split('\n');

  it('runs a diamond in order, each node once', async () => {
    await worker('w');
    const diamond = coordinator('diamond', {});
    expect(await diamond.seen('done')).toMatchObject({
      outcomes: ['top', 'left', 'right', 'bottom'].map((id) => [id, 'fulfilled']),
    });
    const lines = logged();
    expect(lines.filter((line) => line.startsWith('start')).toSorted()).toEqual([
      'start bottom',
      'start left',
      'start right',
      'start top',
    ]);
    expect(lines.indexOf('end top')).toBeLessThan(Math.min(lines.indexOf('start left'), lines.indexOf('start right')));
    expect(lines.indexOf('start bottom')).toBeGreaterThan(
      Math.max(lines.indexOf('end left'), lines.indexOf('end right')),
    );
  });

  it('spreads a fan-out over three workers', async () => {
    await Promise.all(['w1', 'w2', 'w3'].map((name) => worker(name)));
    const remote = runner();
    expect((await remote.listWorkers()).map(({ name }) => name)).toEqual(['w1', 'w2', 'w3']);
    const results = await Promise.all(
      Array.from({ length: 30 }, (_one, index) =>
        remote.run({ id: String(index), task: 'logged', input: { id: index, ms: 20 } }),
      ),
    );
    expect(results.map(({ value }) => value)).toEqual(Array.from({ length: 30 }, (_one, index) => index));
    expect(new Set(results.map((result) => result.worker))).toEqual(new Set(['w1', 'w2', 'w3']));
    expect(logged()).toHaveLength(60);
  });

  it('takes the task of a killed worker over, and runs nothing twice that was finished', async () => {
    const victim = await worker('victim', 1);
    const remote = runner();
    await remote.run({ id: 'done', task: 'logged', input: { id: 'done' } });
    const slow = remote.run({ id: 'slow', task: 'logged', input: { id: 'slow', stuckOn: 'victim' } });
    await victim.seen('task-start', 'slow');
    await worker('heir', 1);
    await victim.kill();
    expect(await slow).toMatchObject({ value: 'slow', worker: 'heir' });
    expect((await runner().run({ id: 'done', task: 'logged', input: { id: 'done' } })).worker).toBe('victim');
    expect(logged()).toEqual(['start done', 'end done', 'start slow', 'start slow', 'end slow']);
  });

  it('gives a killed coordinator its finished nodes back when it starts again', async () => {
    await worker('w');
    const gate = join(directory, randomUUID());
    const first = coordinator('story', { right: gate });
    await first.seen('node', 'left');
    await first.kill();
    const second = coordinator('story', { right: gate });
    await second.seen('node', 'left');
    writeFileSync(gate, '');
    expect(await second.seen('done')).toMatchObject({
      outcomes: [
        ['top', 'fulfilled'],
        ['left', 'fulfilled'],
        ['right', 'fulfilled'],
        ['bottom', 'fulfilled'],
      ],
    });
    // `right` was on its worker all the time, so not even that started twice.
    expect(logged().filter((line) => line.startsWith('start'))).toEqual([
      'start top',
      'start left',
      'start right',
      'start bottom',
    ]);
  });

  it('renews its hold while a thread computes for longer than the hold lasts', async () => {
    const busy = await worker('busy', 1);
    await worker('idle', 1);
    const result = await runner().run({ id: 'spin', task: 'spin', input: { ms: 1600 } });
    const ranOn = processes.filter(({ events }) =>
      events.some(({ type, id }) => type === 'task-start' && id === 'spin'),
    );
    expect(ranOn).toHaveLength(1);
    expect(busy.events.concat(processes[1]?.events ?? []).map(({ type }) => type)).not.toContain('task-stalled');
    expect(result.value).toMatchObject({ turned: true });
  });

  it('ends what it runs on SIGTERM, and exits cleanly', async () => {
    const leaving = await worker('leaving', 1);
    const remote = runner();
    const gate = join(directory, randomUUID());
    const slow = remote.run({ id: 'slow', task: 'logged', input: { id: 'slow', gate } });
    await leaving.seen('task-start', 'slow');
    const next = remote.run({ id: 'next', task: 'logged', input: { id: 'next' } });
    const exited = leaving.terminate();
    await leaving.seen('closing');
    writeFileSync(gate, '');
    expect(await exited).toBe(0);
    expect(await slow).toMatchObject({ value: 'slow', worker: 'leaving' });
    await worker('staying', 1);
    expect(await next).toMatchObject({ value: 'next', worker: 'staying' });
    expect(leaving.events.map(({ type }) => type)).toContain('closed');
  });

  it('ends on SIGTERM also when Redis is gone, idle or at work', async () => {
    const lost = await startRedis();
    try {
      const options = { connection: lost.url, queue, preset: { ...preset, brokerLostMs: 500 }, log };
      const [idle, busy] = ['idle', 'busy'].map((name) =>
        startProcess(script('worker'), { ...options, name, concurrency: 1 }),
      ) as [FixtureProcess, FixtureProcess];
      processes.push(idle, busy);
      await Promise.all([idle.seen('ready'), busy.seen('ready')]);
      const remote = remoteRunner({ connection: lost.url, queue, preset: { ...preset, brokerLostMs: 500 } });
      const stuck = remote.run({ id: 'stuck', task: 'logged', input: { id: 'stuck', ms: 600_000 } });
      await Promise.race([idle.seen('task-start'), busy.seen('task-start')]);
      await lost.kill();
      await expect(stuck).rejects.toMatchObject({ code: 'ERR_SCHEDULER_BROKER_LOST' });
      await remote.close();
      expect(await Promise.all([idle.terminate(), busy.terminate()])).toEqual([0, 0]);
    } finally {
      await lost.stop();
    }
  });
});
