import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startRedis, withoutRedis, type RedisServer } from '../../../test-support/redis-server.ts';
import type { ResultDocument } from '../src/run/result-json.ts';
import { ended, Home, said, wordsPipeline } from './support/orc.ts';

describe.skipIf(withoutRedis)('runs on many machines', () => {
  const home = new Home();
  let redis: RedisServer;
  let url: string;
  beforeAll(async () => {
    redis = await startRedis();
    ({ url } = redis);
  });
  afterAll(async () => {
    await redis.stop();
    home.remove();
  });

  it('a worker takes the phases of a module that it knows, a run says who did what, and the result is the same', async () => {
    const worker = home.start(['worker', '-verbose', '--redis', url, '--pipeline', wordsPipeline, '-j2']);
    const workerEnd = ended(worker);
    await said(worker, 'stderr', /worker \S+: \d+ pipelines, model offline\/scribe/);
    const args = ['--pipeline', wordsPipeline, '--no-cache', '--output-format', 'json', 'w50 many machines'];
    const remote = await home.orc(['--redis', url, ...args]);
    const document = JSON.parse(remote.stdout) as ResultDocument;
    expect(document.strategy.name).toBe('distributed');
    const report = JSON.parse((await home.orc(['report', '--format', 'json', '--to', '-'])).stdout) as {
      tasks: { phase: string; worker?: string }[];
    };
    expect(report.tasks.filter(({ phase }) => phase === 'word').every((task) => task.worker !== undefined)).toBe(true);
    const local = JSON.parse((await home.orc(args)).stdout) as ResultDocument;
    expect(document.text).toBe(local.text);
    worker.kill('SIGTERM');
    const { code, stderr } = await workerEnd;
    expect(code).toBe(0);
    // Whose work it did, and how each task ended; a digest of 64 digits tells a person nothing.
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d {2}\d{8}-\d{6}-\w{4} {2}task [0-9a-f]{8} {2}fulfilled$/m);
    expect((await home.orc(['doctor', '--redis', url])).stdout).toMatch(/ok +redis +answers/);
  });

  it('without a broker the run stays here and says so once', async () => {
    const { code, stderr, stdout } = await home.orc([
      '--redis',
      'redis://127.0.0.1:1',
      '--pipeline',
      wordsPipeline,
      'all alone',
    ]);
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: 'ALL ALONE' });
    expect(stderr.match(/stays on this machine/g)).toHaveLength(1);
  });

  it('a worker whose Redis goes away says so once, not with every try', async () => {
    const worker = home.start(['worker', '--redis', url, '-concurrency', '1']);
    const end = ended(worker);
    await said(worker, 'stderr', /worker \S+: \d+ pipelines/);
    // In this order: what is said within the pause is counted when the server is there again.
    const lost = said(worker, 'stderr', /Redis: .*ECONNREFUSED/);
    await redis.kill();
    await lost;
    await redis.restart();
    worker.kill('SIGTERM');
    expect((await end).stderr.match(/ECONNREFUSED/g)).toHaveLength(1);
  });

  it('a worker that can not reach Redis says so and ends', async () => {
    const { code, stderr } = await home.orc(['worker', '--redis', 'redis://127.0.0.1:1']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'orc: Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:1 — start it, or correct --redis\n',
    );
  });
});
