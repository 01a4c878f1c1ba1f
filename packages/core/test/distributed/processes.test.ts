import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { startProcess } from '../../../../test-support/fixture-process.ts';
import type { FixtureProcess } from '../../../../test-support/fixture-process.ts';
import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { folderOfTest } from '../../../../test-support/temporary-folder.ts';

const preset = { lockMs: 600, stalledMs: 300, heartbeatMs: 200, pollMs: 200, brokerLostMs: 5000 };

const script = (name: string): URL => new URL(`fixtures/${name}.mjs`, import.meta.url);

describe.skipIf(withoutRedis)('coordinator and workers in processes of their own', () => {
  let redis: RedisServer;
  let directory: string;
  let log: string;
  let processes: FixtureProcess[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(() => {
    directory = folderOfTest();
    log = join(directory, 'log');
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.kill()));
  });
  afterAll(async () => {
    await redis.stop();
  });

  const worker = async (name: string, concurrency = 2): Promise<FixtureProcess> => {
    const started = startProcess(
      script('worker'),
      { connection: redis.url, prefix: directory, preset, name, concurrency },
      { WORKER: name },
    );
    processes.push(started);
    await started.seen('ready');
    return started;
  };
  const coordinator = (options: object): FixtureProcess => {
    const started = startProcess(script('coordinator'), {
      connection: redis.url,
      prefix: directory,
      preset,
      dataDir: directory,
      ...options,
    });
    processes.push(started);
    return started;
  };
  const logged = (): string[] => readFileSync(log, 'utf8').trim().split('\n').toSorted();

  test('three workers share a run', async () => {
    await Promise.all(['w1', 'w2', 'w3'].map((name) => worker(name, 1)));
    const run = coordinator({ text: 'a b c d e f', env: { LOG: log } });
    expect(await run.seen('done')).toEqual({
      type: 'done',
      status: 'succeeded',
      text: 're: A+B+C+D+E+F',
      strategy: 'distributed',
    });
    const workers = new Set(
      run.events
        .filter(({ type, id }) => type === 'task-end' && id?.startsWith('work['))
        .map((event) => event['worker']),
    );
    expect([...workers].every((name) => ['w1', 'w2', 'w3'].includes(name as string))).toBe(true);
    expect(logged()).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((part) => [`end ${part}`, `start ${part}`]).toSorted(),
    );
  });

  test('the task of a killed worker is taken over, and nothing that was finished runs again', async () => {
    const victim = await worker('victim', 3);
    const run = coordinator({ text: 'a slow b', env: { LOG: log, STUCK_ON: 'victim' } });
    await Promise.all([run.seen('checkpoint', 'work[a]'), run.seen('checkpoint', 'work[b]')]);
    await expect.poll(() => logged()).toContain('start slow');
    await worker('heir');
    await victim.kill();
    expect(await run.seen('done')).toMatchObject({ status: 'succeeded', text: 're: A+SLOW+B' });
    expect(run.events.find(({ type, id }) => type === 'task-end' && id === 'work[slow]')).toMatchObject({
      worker: 'heir',
    });
    expect(logged()).toEqual(['end a', 'end b', 'end slow', 'start a', 'start b', 'start slow', 'start slow']);
  });

  test('a killed coordinator goes on where it was: what ran meanwhile is found, not repeated', async () => {
    await worker('w', 3);
    const gate = join(directory, 'gate');
    const env = { LOG: log, GATE: gate };
    const first = coordinator({ text: 'a slow b', env });
    await Promise.all([first.seen('checkpoint', 'work[a]'), first.seen('checkpoint', 'work[b]')]);
    await expect.poll(() => logged()).toContain('start slow');
    await first.kill();
    const second = coordinator({ resume: 'session', env });
    await second.seen('task-start', 'work[slow]');
    writeFileSync(gate, '');
    expect(await second.seen('done')).toMatchObject({ status: 'succeeded', text: 're: A+SLOW+B' });
    expect(logged()).toEqual(['end a', 'end b', 'end slow', 'start a', 'start b', 'start slow']);
  });
});
