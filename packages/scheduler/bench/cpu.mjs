import { spawnSync } from 'node:child_process';

import { Piscina } from 'piscina';
import { Tinypool } from 'tinypool';

import { defineTask, Scheduler } from '../dist/index.js';
import { alternate, interleave, summary, timed } from './measure.mjs';

const module = new URL('./tasks.mjs', import.meta.url);
const task = (name) => defineTask({ module, export: name });
const tasks = Object.fromEntries(['noop', 'echo', 'burn'].map((name) => [name, task(name)]));
const document20k = {
  lines: Array.from({ length: 400 }, (_, index) => `line ${index} of a document of twenty thousand bytes`),
};

async function withPools(threads, measure) {
  const scheduler = new Scheduler({ maxWorkers: threads, maxThreads: threads });
  const options = { filename: module.href, minThreads: threads, maxThreads: threads };
  const tinypool = new Tinypool(options);
  const piscina = new Piscina({ ...options, idleTimeout: 60_000 });
  try {
    return await measure([
      {
        name: '@orc/scheduler',
        ours: true,
        call: (name, input, options) => scheduler.submit({ task: tasks[name], input }, options),
      },
      { name: 'tinypool', call: (name, input) => tinypool.run(input, { name }) },
      { name: 'piscina', call: (name, input) => piscina.run(input, { name }) },
    ]);
  } finally {
    await Promise.all([scheduler.close(), tinypool.destroy(), piscina.destroy()]);
  }
}

/**
 * One warm no-op after the other: microseconds each, the median of a round's calls per sample. The contenders take turns call by call: a
 * wake-up of an idle core costs more than all of them, and comes and goes for milliseconds at a time.
 */
export function dispatch({ rounds }) {
  const { signal } = new AbortController();
  return withPools(1, (pools) => {
    const [{ call }] = pools;
    return alternate(
      [
        ...pools.map(({ name, ours, call }) => ({ name, ours, call: () => call('noop', 1) })),
        { name: '@orc/scheduler, with a signal', ours: true, call: () => call('noop', 1, { signal }) },
      ],
      { rounds, calls: 200 },
    );
  });
}

/** The same with everything on one core, where no wake-up of an idle one blurs it. Nothing where there is no `taskset`. */
export function dispatchOnOneCore({ rounds }) {
  return dispatchInProcess(rounds, ['taskset', '-c', '0']);
}

/**
 * The same in one process after the other; a sample is the median of a process. On which core the system puts a thread, and whether it has to be
 * woken, makes 20 or 60 µs of a call for as long as the process lives: one process says nothing about the pools.
 */
export function dispatchByProcess({ processes }) {
  const samples = new Map();
  for (let each = 0; each < processes; each += 1) {
    for (const { name, ours, median } of dispatchInProcess(5)) {
      const known = samples.get(name) ?? { ours, medians: [] };
      known.medians.push(median);
      samples.set(name, known);
    }
  }
  return [...samples].map(([name, { ours, medians }]) => ({ name, ours, ...summary(medians) }));
}

function dispatchInProcess(rounds, before = []) {
  const script = `import(${JSON.stringify(import.meta.url)})
    .then(({ dispatch }) => dispatch({ rounds: ${rounds} }))
    .then((rows) => process.stdout.write(JSON.stringify(rows)));`;
  const [command, ...args] = [...before, process.execPath, '-e', script];
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : [];
}

/** The same with 20 KB in and out. */
export function echo({ rounds }) {
  return withPools(1, (pools) =>
    alternate(
      pools.map(({ name, ours, call }) => ({ name, ours, call: () => call('echo', document20k) })),
      { rounds, calls: 50 },
    ),
  );
}

/** 10,000 tiny tasks at once on as many threads as there are cores: milliseconds. */
export function bulk({ rounds, threads }) {
  return withPools(threads, (pools) =>
    interleave(
      pools.map(({ name, ours, call }) => ({
        name,
        ours,
        run: () => timed(() => Promise.all(Array.from({ length: 10_000 }, () => call('noop', 1)))),
      })),
      { rounds: Math.min(rounds, 7), warmups: 1 },
    ),
  );
}

/** Fixed CPU work, four times, on as many threads as there are cores: milliseconds. */
export function fixedWork({ rounds, threads }) {
  return withPools(threads, (pools) =>
    interleave(
      pools.map(({ name, ours, call }) => ({
        name,
        ours,
        run: () => timed(() => Promise.all([1, 2, 3, 4].map(() => call('burn', 60_000_000)))),
      })),
      { rounds },
    ),
  );
}

/** From nothing to the first result of a thread: milliseconds. */
export function firstResult({ rounds }) {
  return interleave(
    [
      {
        name: '@orc/scheduler',
        ours: true,
        run: async () => {
          const scheduler = new Scheduler({ maxWorkers: 1 });
          const time = await timed(() => scheduler.submit({ task: task('noop'), input: 1 }));
          await scheduler.close();
          return time;
        },
      },
      {
        name: 'tinypool',
        run: async () => {
          let pool;
          const time = await timed(() => {
            pool = new Tinypool({ filename: module.href, minThreads: 1, maxThreads: 1 });
            return pool.run(1, { name: 'noop' });
          });
          await pool.destroy();
          return time;
        },
      },
    ],
    { rounds, warmups: 1 },
  );
}

/** Abort of a task that never looks: milliseconds beyond the grace period until it is rejected, and until the next one is done. */
export async function abortSpinning({ rounds }) {
  const gracePeriodMs = 20;
  const scheduler = new Scheduler({ maxWorkers: 1, gracePeriodMs });
  const rejected = [];
  const next = [];
  for (let round = 0; round < Math.min(rounds, 10); round += 1) {
    await scheduler.submit({ task: task('noop'), input: 1 });
    const controller = new AbortController();
    const spinning = scheduler.submit({ task: task('spin'), input: 1 }, { signal: controller.signal });
    const behind = scheduler.submit({ task: task('noop'), input: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const start = performance.now();
    controller.abort(new Error('enough'));
    await spinning.catch(() => {});
    const settled = performance.now();
    rejected.push(settled - start - gracePeriodMs);
    await behind;
    next.push(performance.now() - settled);
  }
  await scheduler.close();
  return [
    { name: 'rejected, beyond the grace period', ours: true, ...summary(rejected) },
    { name: 'the next task is done, after that', ours: true, ...summary(next) },
  ];
}
