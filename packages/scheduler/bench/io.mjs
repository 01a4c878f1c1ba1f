import fastq from 'fastq';
import pLimit from 'p-limit';
import PQueue from 'p-queue';

import { Scheduler } from '../dist/index.js';
import { interleave, timed } from './measure.mjs';

const noop = async () => {};
const perTask = async (count, work) => ((await timed(work)) * 1000) / count;

/** Closed after each sample, and outside the time: open, ours would make the peers' promises dearer too (`detectNesting`). */
async function withScheduler(maxWorkers, options, measure) {
  const scheduler = new Scheduler({ maxWorkers, ...options });
  try {
    return await measure(scheduler);
  } finally {
    await scheduler.close();
  }
}

/** 10,000 asynchronous no-ops at 8 at once: microseconds a task. */
export function plain({ rounds, count }) {
  return interleave(
    [
      {
        name: '@orc/scheduler',
        ours: true,
        run: () =>
          withScheduler(8, {}, (scheduler) =>
            perTask(count, () => Promise.all(Array.from({ length: count }, () => scheduler.submit(noop)))),
          ),
      },
      {
        name: '@orc/scheduler, detectNesting: false',
        run: () =>
          withScheduler(8, { detectNesting: false }, (scheduler) =>
            perTask(count, () => Promise.all(Array.from({ length: count }, () => scheduler.submit(noop)))),
          ),
      },
      {
        name: 'p-limit',
        run: () => {
          const limit = pLimit(8);
          return perTask(count, () => Promise.all(Array.from({ length: count }, () => limit(noop))));
        },
      },
      {
        name: 'p-queue',
        run: () => {
          const queue = new PQueue({ concurrency: 8 });
          return perTask(count, () => Promise.all(Array.from({ length: count }, () => queue.add(noop))));
        },
      },
      {
        name: 'fastq',
        run: () => {
          const queue = fastq.promise(noop, 8);
          return perTask(count, () => Promise.all(Array.from({ length: count }, () => queue.push(1))));
        },
      },
    ],
    { rounds },
  );
}

/** The same with five priorities. */
export function priorities({ rounds, count }) {
  return interleave(
    [
      {
        name: '@orc/scheduler',
        ours: true,
        run: () =>
          withScheduler(8, {}, (scheduler) =>
            perTask(count, () =>
              Promise.all(Array.from({ length: count }, (_, index) => scheduler.submit(noop, { priority: index % 5 }))),
            ),
          ),
      },
      {
        name: 'p-queue',
        run: () => {
          const queue = new PQueue({ concurrency: 8 });
          return perTask(count, () =>
            Promise.all(Array.from({ length: count }, (_, index) => queue.add(noop, { priority: index % 5 }))),
          );
        },
      },
    ],
    { rounds },
  );
}

/** The same with one AbortSignal for all tasks. */
export function sharedSignal({ rounds, count }) {
  return interleave(
    [
      {
        name: '@orc/scheduler',
        ours: true,
        run: () =>
          withScheduler(8, {}, (scheduler) => {
            const { signal } = new AbortController();
            return perTask(count, () =>
              Promise.all(Array.from({ length: count }, () => scheduler.submit(noop, { signal }))),
            );
          }),
      },
      {
        name: 'p-queue',
        run: () => {
          const queue = new PQueue({ concurrency: 8 });
          const { signal } = new AbortController();
          return perTask(count, () => Promise.all(Array.from({ length: count }, () => queue.add(noop, { signal }))));
        },
      },
    ],
    { rounds: Math.min(rounds, 7), warmups: 1 },
  );
}

/** 4 waits of 100 ms at 4 at once: milliseconds; the limit is 100. */
export function waits({ rounds }) {
  const wait = () => new Promise((resolve) => setTimeout(resolve, 100));
  const four = (start) => timed(() => Promise.all([1, 2, 3, 4].map(start)));
  return interleave(
    [
      {
        name: '@orc/scheduler',
        ours: true,
        run: () => withScheduler(4, {}, (scheduler) => four(() => scheduler.submit(wait))),
      },
      {
        name: 'p-queue',
        run: () => {
          const queue = new PQueue({ concurrency: 4 });
          return four(() => queue.add(wait));
        },
      },
    ],
    { rounds: Math.min(rounds, 7), warmups: 1 },
  );
}
