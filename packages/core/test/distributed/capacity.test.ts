import { randomUUID } from 'node:crypto';

import { availableCores } from '@orc/scheduler';
import { expect, test } from 'vitest';

import { distributedPhaseRunner, servePipelines } from '../../src/distributed/index.ts';
import type { PipelineServer } from '../../src/distributed/index.ts';
import { createOrchestrator, definePhase } from '../../src/index.ts';
import type { Pipeline } from '../../src/index.ts';
import { pipelineOf } from '../support/one-phase.ts';
import { startRedis, withoutRedis } from '../../../../test-support/redis-server.ts';

const preset = { lockMs: 1000, stalledMs: 300, heartbeatMs: 200, pollMs: 100, brokerLostMs: 600 };
const here = availableCores() * 2;

/** As many tasks as there are seats: each waits until all of them have begun. */
function meeting(seats: number): { readonly pipeline: Pipeline; readonly some: Promise<void> } {
  let come = 0;
  let open!: () => void;
  let first!: () => void;
  const all = new Promise<void>((resolve) => (open = resolve));
  const some = new Promise<void>((resolve) => (first = resolve));
  const guests = definePhase({
    id: 'guests',
    kind: 'io',
    forEach: () => Array.from({ length: seats }, (_, index) => ({ key: `g${index}`, value: index })),
    run: async ({ signal }) => {
      come += 1;
      first();
      if (come === seats) open();
      const gone = new Promise<never>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
      await Promise.race([all, gone]);
      return 1;
    },
  });
  const count = definePhase({
    id: 'count',
    kind: 'compute',
    needs: { guests },
    run: ({ inputs }) => inputs.guests.length,
  });
  return { pipeline: pipelineOf(guests, count), some };
}

test.skipIf(withoutRedis)('as many tasks are under way as the workers take, also those that come later', async () => {
  await using redis = await startRedis();
  const prefix = randomUUID();
  const { pipeline, some } = meeting(here + 6);
  const serve = (concurrency: number): Promise<PipelineServer> =>
    servePipelines({ connection: redis.url, prefix, preset, concurrency, pipelines: [pipeline] });
  await using _first = await serve(here + 2);
  await using orchestrator = createOrchestrator({
    remote: distributedPhaseRunner({ connection: redis.url, prefix, preset }),
  });
  const run = orchestrator.run(pipeline, { text: 'come all', seed: 1 });
  await some;
  await using _second = await serve(here + 2);
  const { status, strategy, report } = await run.result;
  expect({ status, strategy }).toMatchObject({
    status: 'succeeded',
    strategy: { name: 'distributed', workers: here + 2 },
  });
  expect(report.concurrency.peak).toBe(here + 6);
});

test.skipIf(withoutRedis)('a number of workers that is asked for holds, whatever the machines take', async () => {
  await using redis = await startRedis();
  const prefix = randomUUID();
  const { pipeline } = meeting(1);
  await using _server = await servePipelines({
    connection: redis.url,
    prefix,
    preset,
    concurrency: 64,
    pipelines: [pipeline],
  });
  await using orchestrator = createOrchestrator({
    maxWorkers: 3,
    remote: distributedPhaseRunner({ connection: redis.url, prefix, preset }),
  });
  const run = orchestrator.run(pipeline, { text: 'one', seed: 1 });
  expect((await run.result).strategy).toMatchObject({ name: 'distributed', workers: 3 });
});
