/** Why a broker can not be used is said on both sides, at once, and without a word of the password. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';

import { freePort, startRedis, startSentinel, withoutRedis } from '../../../../test-support/redis-server.ts';
import { folderOfTest } from '../../../../test-support/temporary-folder.ts';
import { remoteRunner, serve } from '../../src/bullmq/index.ts';
import type { BrokerConnection } from '../../src/bullmq/index.ts';

async function reasons(connection: BrokerConnection): Promise<readonly string[]> {
  const runner = remoteRunner({ connection });
  const sides = [runner.ready(), serve({ echo: (input: unknown) => input }, { connection })];
  const outcomes = await Promise.allSettled(sides);
  await runner.close();
  return outcomes.map((outcome) => {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_SCHEDULER_BROKER' } });
    const message = ((outcome as PromiseRejectedResult).reason as Error).message;
    expect(message).not.toMatch(/wrong-word|right-word/);
    return message;
  });
}

describe.skipIf(withoutRedis)('a broker that can not be used', () => {
  it('refuses a wrong password, and a missing one', async () => {
    await using redis = await startRedis(['--requirepass', 'right-word']);
    const words = 'refuses the user or the password: ';
    for (const message of await reasons(redis.url.replace('//', '//:wrong-word@')))
      expect(message).toContain(`${words}WRONGPASS`);
    for (const message of await reasons(redis.url)) expect(message).toContain(`${words}NOAUTH`);
  });

  it('is a Redis Cluster', async () => {
    await using redis = await startRedis(['--cluster-enabled', 'yes']);
    for (const message of await reasons(redis.url))
      expect(message).toMatch(/is a Redis Cluster, which is not supported: name a single Redis server$/);
  });

  it('is a Redis Sentinel', async () => {
    await using sentinel = await startSentinel();
    for (const message of await reasons(sentinel.url)) expect(message).toContain('is a Redis Sentinel, which is not');
  });

  it('shows a certificate that nobody has vouched for', async (context) => {
    const folder = folderOfTest();
    const key = join(folder, 'key.pem');
    const cert = join(folder, 'cert.pem');
    const made = spawnSync(
      'openssl',
      `req -x509 -newkey rsa:2048 -nodes -keyout ${key} -out ${cert} -days 2 -subj /CN=localhost`.split(' '),
    );
    if (made.status !== 0) return context.skip();
    const port = await freePort();
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
    await using _redis = await startRedis(['--tls-port', String(port), '--tls-auth-clients', 'no', ...files]);
    for (const message of await reasons(`rediss://127.0.0.1:${String(port)}`))
      expect(message).toMatch(
        /^The certificate of Redis at .* is not trusted: self-signed certificate.*NODE_EXTRA_CA_CERTS/,
      );
  });

  it('may be asked nothing by this user, who can work with it all the same', async () => {
    // ioredis prints that it may not ask.
    vi.spyOn(console, 'warn').mockReturnValue();
    await using redis = await startRedis();
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', 'bob', 'on', '>right-word', '~orc:*', '&*', '+@all', '-info');
    admin.disconnect();
    const connection = redis.url.replace('//', '//bob:right-word@');
    await using _server = await serve({ echo: (input: unknown) => input }, { connection });
    await using runner = remoteRunner({ connection });
    expect((await runner.run({ id: 'a', task: 'echo', input: 1 })).value).toBe(1);
  });
});
