import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';

import { remoteRunner } from '../dist/bullmq/index.js';
import { alternate, summary, timed } from './measure.mjs';

const worker = fileURLToPath(new URL('remote-worker.mjs', import.meta.url));

/** Whether there is a Redis to measure with. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** Runs `measure` with a Redis of the loopback interface that keeps nothing. */
async function withRedis(measure) {
  const directory = mkdtempSync(join(tmpdir(), 'orc-bench-'));
  const port = await freePort();
  const settings = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const redis = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: redis.stdout })) if (line.includes('Ready to accept')) break;
  redis.stdout.resume();
  try {
    return await measure(`redis://127.0.0.1:${port}`);
  } finally {
    redis.kill('SIGKILL');
    await once(redis, 'exit');
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A remote no-op, one after the other, beside one of bare BullMQ: milliseconds, the median of a round's calls per sample. */
export function noop({ rounds }) {
  return withRedis(async (url) => {
    const ours = await start({ url, queue: 'ours', kind: 'ours', preset: 'default' });
    const bare = await start({ url, queue: 'bare', kind: 'bare' });
    const runner = remoteRunner({ connection: url, queue: 'ours' });
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const queue = new Queue('bare', { connection });
    const events = new QueueEvents('bare', { connection });
    await Promise.all([runner.ready(), events.waitUntilReady()]);
    let count = 0;
    try {
      const rows = await alternate(
        [
          {
            name: '@orc/scheduler',
            ours: true,
            call: () => runner.run({ id: `run-${(count += 1)}`, task: 'echo', input: { count } }),
          },
          {
            name: 'bare BullMQ',
            call: async () => {
              const job = await queue.add('echo', { count: (count += 1) }, { removeOnComplete: { age: 86_400 } });
              await job.waitUntilFinished(events);
            },
          },
        ],
        { rounds, calls: 80 },
      );
      return rows.map(({ min, median, p95, max, ...row }) => ({
        ...row,
        ...Object.fromEntries(Object.entries({ min, median, p95, max }).map(([key, value]) => [key, value / 1000])),
      }));
    } finally {
      await Promise.all([runner.close(), events.close(), queue.close()]);
      connection.disconnect();
      await Promise.all([stop(ours), stop(bare)]);
    }
  });
}

/** 10,000 remote no-ops at once, worker concurrency 16: microseconds each. */
export function bulk({ rounds }) {
  return withRedis(async (url) => {
    const ours = await start({ url, queue: 'ours', kind: 'ours', preset: 'default' });
    const runner = remoteRunner({ connection: url, queue: 'ours' });
    const samples = [];
    for (let round = 0; round < Math.min(rounds, 5); round += 1) {
      const ids = Array.from({ length: 10_000 }, (_, index) => `bulk-${round}-${index}`);
      const time = await timed(() => Promise.all(ids.map((id) => runner.run({ id, task: 'echo', input: id }))));
      samples.push((time * 1000) / ids.length);
    }
    await runner.close();
    await stop(ours);
    return [{ name: '@orc/scheduler', ours: true, ...summary(samples) }];
  });
}

/** `kill -9` of a worker until its task starts on another one: milliseconds. */
export function takeover({ rounds, preset }) {
  return withRedis(async (url) => {
    const all = [];
    for (let round = 0; round < Math.min(rounds, 5); round += 1) {
      const queue = `kill-${round}`;
      const victim = await start({ url, queue, preset });
      const runner = remoteRunner({ connection: url, queue, preset });
      const result = runner.run({ id: 'hold', task: 'hold', input: null });
      result.catch(() => undefined);
      await victim.line('start');
      const heir = await start({ url, queue, preset });
      // At any moment of the hold's life.
      await new Promise((resolve) => setTimeout(resolve, (round * 700) % 2000));
      const killedAt = Date.now();
      victim.child.kill('SIGKILL');
      const started = await heir.line('start');
      all.push(Number(started.split(' ')[1]) - killedAt);
      await runner.close({ timeoutMs: 0 });
      await stop(heir);
    }
    return [{ name: `@orc/scheduler, preset ${preset}`, ours: true, ...summary(all) }];
  });
}

async function start(configuration) {
  const child = spawn(process.execPath, [worker, JSON.stringify(configuration)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = [];
  const watchers = new Set();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const watch of watchers) watch();
  });
  const line = (start) =>
    new Promise((resolve) => {
      const look = () => {
        const found = lines.find((one) => one.startsWith(start));
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
    });
  await line('ready');
  return { child, line };
}

async function stop({ child }) {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
