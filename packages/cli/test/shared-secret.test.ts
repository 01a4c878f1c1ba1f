import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startRedis, startSentinel, withoutRedis, type RedisServer } from '../../../test-support/redis-server.ts';
import type { ResultDocument } from '../src/run/result-json.ts';
import { ended, Home, said, wordsPipeline } from './support/orc.ts';

const secret = 'a secret of all these machines';

// Each call is a process, and a worker opens its queues one by one.
const timeout = 120_000;

describe.skipIf(withoutRedis)('shared work that is signed', { timeout }, () => {
  const home = new Home();
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
    home.remove();
  });

  it('is done by a worker with the secret; a run without it goes on alone, and both sides say why', async () => {
    const env = { ORC_DISTRIBUTED_SECRET: secret, ORC_DISTRIBUTED_REDIS_URL: redis.url };
    const worker = home.start(['worker', '--pipeline', wordsPipeline, '-j2'], { env });
    const workerEnd = ended(worker);
    await said(worker, 'stderr', /worker \S+: .*, signed work only; Ctrl-C/);
    const args = ['--pipeline', wordsPipeline, '--no-cache', '--output-format', 'json', 'w5 many machines'];
    const signed = await home.orc(args, { env });
    expect((JSON.parse(signed.stdout) as ResultDocument).strategy.name).toBe('distributed');
    expect(signed.stderr).not.toMatch(/secret|goes on without/);
    const heard = said(worker, 'stderr', /does not sign its work, and this worker takes only signed work/);
    const unsigned = await home.orc(['--redis', redis.url, ...args]);
    expect({ code: unsigned.code, text: (JSON.parse(unsigned.stdout) as ResultDocument).text }).toEqual({
      code: 0,
      text: (JSON.parse(signed.stdout) as ResultDocument).text,
    });
    expect(unsigned.stderr).toMatch(/have a `secret`, and take only jobs that are signed with it/);
    await heard;
    worker.kill('SIGTERM');
    const { stderr } = await workerEnd;
    expect(`${stderr}${signed.stderr}${signed.stdout}${unsigned.stderr}`).not.toContain(secret);
  });

  it('needs a secret that can not be guessed, which is shown nowhere', async () => {
    const short = { env: { ORC_DISTRIBUTED_SECRET: 'too-short' } };
    for (const args of [
      ['worker', '--redis', redis.url],
      ['--redis', redis.url, 'a b c'],
    ]) {
      const { code, stderr } = await home.orc(args, short);
      expect({ code, stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('at least 16 characters, got 9') as string,
      });
      expect(stderr).not.toContain('too-short');
    }
    const { stdout } = await home.orc(['config', 'list'], { env: { ORC_DISTRIBUTED_SECRET: secret } });
    expect(stdout).toContain('distributed.secret');
    expect(stdout).not.toContain(secret);
  });
});

describe.skipIf(withoutRedis)(
  'a Redis that can not be used ends a worker with one line and exit code 3, and a run says why it goes on alone',
  { timeout },
  () => {
    const home = new Home();
    afterAll(() => home.remove());

    const both = async (url: string, words: RegExp): Promise<void> => {
      const worker = await home.orc(['worker', '--redis', url]);
      expect(worker).toMatchObject({ code: 3, stdout: '' });
      expect(worker.stderr).toMatch(words);
      expect(worker.stderr.trim().split('\n')).toHaveLength(1);
      const run = await home.orc(['--redis', url, '--pipeline', wordsPipeline, 'all alone']);
      expect(run.code).toBe(0);
      expect(run.stderr.match(/stays on this machine/g)).toHaveLength(1);
      expect(`${worker.stderr}${run.stderr}`).not.toMatch(/right-word|wrong-word/);
      const doctor = await home.orc(['doctor', '--redis', url]);
      expect(doctor.stdout).toMatch(/redis +\S/);
    };

    it('a wrong password', async () => {
      await using guarded = await startRedis(['--requirepass', 'right-word']);
      await both(guarded.url.replace('//', '//:wrong-word@'), /refuses the user or the password: WRONGPASS/);
    });

    it('a Cluster', async () => {
      await using cluster = await startRedis(['--cluster-enabled', 'yes']);
      await both(cluster.url, /a Redis Cluster is not supported/);
    });

    it('a Sentinel', async () => {
      await using sentinel = await startSentinel();
      await both(sentinel.url, /a Redis Sentinel is not supported/);
    });
  },
);
