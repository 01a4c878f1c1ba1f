// Remote tasks on a Redis of the loopback interface: what one costs, and how long a killed worker's task is away.
// Usage: node bench/bullmq.mjs [rounds of kills per preset, 3 unless told]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';

import { remoteRunner } from '../dist/bullmq/index.js';

const kills = Number(process.argv[2] ?? 3);
const samples = 2000;
const self = fileURLToPath(import.meta.url);

if (process.argv[2] === 'worker') await work(JSON.parse(process.argv[3]));
else await measure();

/** In a process of its own: our worker, or a bare BullMQ one. */
async function work({ url, queue, kind, preset }) {
  if (kind === 'bare') {
    const { Worker } = await import('bullmq');
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const worker = new Worker(queue, async (job) => job.data, { connection, concurrency: 16 });
    await worker.waitUntilReady();
  } else {
    const { serve } = await import('../dist/bullmq/index.js');
    await serve(
      {
        echo: (input) => input,
        hold: async (_input, { signal }) => {
          process.stdout.write(`start ${Date.now()}\n`);
          await new Promise((resolve) => {
            const timer = setTimeout(resolve, 60_000);
            signal.addEventListener('abort', () => {
              clearTimeout(timer);
              resolve();
            });
          });
        },
      },
      { connection: url, queue, preset, concurrency: 16 },
    );
  }
  process.stdout.write('ready\n');
}

async function measure() {
  const directory = mkdtempSync(join(tmpdir(), 'orc-bench-'));
  const port = await freePort();
  const redis = spawn(
    'redis-server',
    ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface({ input: redis.stdout })) if (line.includes('Ready to accept')) break;
  redis.stdout.resume();
  const url = `redis://127.0.0.1:${port}`;
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}, Redis on loopback`);
  try {
    await latency(url);
    for (const preset of ['fast', 'default']) await takeover(url, preset);
  } finally {
    redis.kill('SIGKILL');
    await once(redis, 'exit');
    rmSync(directory, { recursive: true, force: true });
  }
}

async function latency(url) {
  const ours = await start({ url, queue: 'ours', kind: 'ours', preset: 'default' });
  const bare = await start({ url, queue: 'bare', kind: 'bare' });
  const runner = remoteRunner({ connection: url, queue: 'ours' });
  await runner.ready();
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', { connection });
  const events = new QueueEvents('bare', { connection });
  await events.waitUntilReady();
  let count = 0;
  const contenders = {
    'remoteRunner.run': () => runner.run({ id: `run-${(count += 1)}`, task: 'echo', input: { count } }),
    'bare BullMQ add + waitUntilFinished': async () => {
      const job = await queue.add('echo', { count: (count += 1) }, { removeOnComplete: { age: 86_400 } });
      await job.waitUntilFinished(events);
    },
  };
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let sample = 0; sample < samples + 200; sample += 1) {
    // Interleaved, so that a busy moment of the machine meets both.
    for (const [name, run] of Object.entries(contenders)) {
      const before = performance.now();
      await run();
      if (sample >= 200) times[name].push(performance.now() - before);
    }
  }
  console.log(`\nno-op, one after the other, ${samples} times: ms`);
  for (const [name, all] of Object.entries(times)) console.log(`  ${name}: ${summary(all)}`);
  const before = performance.now();
  await Promise.all(
    Array.from({ length: 10_000 }, (_one, index) => runner.run({ id: `bulk-${index}`, task: 'echo', input: index })),
  );
  console.log(
    `  10,000 at once, worker concurrency 16: ${Math.round(10_000_000 / (performance.now() - before))} tasks/s`,
  );
  await runner.close();
  await events.close();
  await queue.close();
  connection.disconnect();
  await stop(ours);
  await stop(bare);
}

async function takeover(url, preset) {
  const all = [];
  for (let round = 0; round < kills; round += 1) {
    const queue = `kill-${preset}-${round}`;
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
  console.log(
    `\nkill -9 of a worker → its task starts on another, preset ${preset}, ${kills} rounds: ms\n  ${summary(all)}`,
  );
}

async function start(configuration) {
  const child = spawn(process.execPath, [self, 'worker', JSON.stringify(configuration)], {
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

function summary(all) {
  const sorted = all.toSorted((left, right) => left - right);
  // Linear between neighbours, as R and NumPy have it.
  const at = (share) => {
    const position = (sorted.length - 1) * share;
    const below = sorted[Math.floor(position)];
    return below + (sorted[Math.ceil(position)] - below) * (position % 1);
  };
  return `min ${shown(sorted[0])} / median ${shown(at(0.5))} / p95 ${shown(at(0.95))} / max ${shown(sorted.at(-1))}`;
}

function shown(value) {
  return value < 100 ? value.toFixed(2) : String(Math.round(value));
}
