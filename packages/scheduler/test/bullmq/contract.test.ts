import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, it } from 'vitest';

import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';
import type { RedisServer } from '../../../../test-support/redis-server.ts';
import { remoteRunner, serve } from '../../src/bullmq/index.ts';
import type { TaskServer } from '../../src/bullmq/index.ts';
import * as functions from '../../src/testing/contract-tasks.ts';
import { runnerContract } from '../../src/testing/runner-contract.ts';

const ways = [
  ['unsigned', undefined],
  ['signed', 'a secret of all machines'],
] as const;

describe.skipIf(withoutRedis).each(ways)('a remote runner keeps the contract of runners, %s', (_way, secret) => {
  let redis: RedisServer;
  let server: TaskServer;
  const queue = randomUUID();

  beforeAll(async () => {
    redis = await startRedis();
    const { echo, fail, wait, ignore, steps, attempt } = functions;
    server = await serve(
      { echo, fail, wait, ignore, steps, attempt },
      { connection: redis.url, queue, preset: 'fast', concurrency: 4, secret },
    );
  });
  afterAll(async () => {
    await server.close({ timeoutMs: 0 });
    await redis.stop();
  });

  for (const { name, run } of runnerContract(() =>
    remoteRunner({ connection: redis.url, queue, preset: 'fast', noWorkerMs: 500, secret }),
  )) {
    it(name, run);
  }
});
