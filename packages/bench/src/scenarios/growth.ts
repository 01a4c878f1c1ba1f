import { TtlLruCache } from '@orc/cache';
import { defineGraph, runGraph } from '@orc/scheduler';

import { mustHold } from '../errors.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize, type Summary } from '../statistics.ts';

/** How cost grows with size: linear work must cost the same per piece. */
export const growth: Scenario = {
  id: 'growth',
  title: 'Growth',
  question: 'From 10² to 10⁵ tasks and from 10³ to 10⁶ cache entries: does a piece keep its price?',
  async run({ profile, random, progress }) {
    const tasks = profile === 'full' ? [100, 1000, 10_000, 100_000] : [100, 1000, 10_000];
    const entries = profile === 'full' ? [1000, 10_000, 100_000, 1_000_000] : [1000, 10_000, 100_000];
    const rounds = profile === 'full' ? 7 : 3;
    const samples = new Map<string, number[]>();
    const add = (id: string, value: number): void => void samples.set(id, [...(samples.get(id) ?? []), value]);
    for (let round = -1; round < rounds; round += 1) {
      for (const count of tasks) {
        const us = await perNode(count);
        if (round >= 0) add(`tasks-${count}`, us);
      }
      for (const count of entries) {
        const { set, get } = perEntry(count, random);
        if (round >= 0) {
          add(`set-${count}`, set);
          add(`get-${count}`, get);
        }
      }
      progress((round + 2) / (rounds + 1));
    }
    const summary = (id: string): Summary => summarize(samples.get(id) as number[]);
    const rows: Row[] = [
      ...tasks.map((count): Row => ({
        id: `tasks-${count}`,
        label: `${count.toLocaleString('en-US')} tasks, per task`,
        subject: 'orc',
        unit: 'µs',
        summary: summary(`tasks-${count}`),
        chart: 'tasks',
      })),
      ...entries.map((count): Row => ({
        id: `set-${count}`,
        label: `set among ${count.toLocaleString('en-US')} entries, with eviction`,
        subject: 'orc',
        unit: 'ns',
        summary: summary(`set-${count}`),
        chart: 'entries',
      })),
      ...entries.map((count): Row => ({
        id: `get-${count}`,
        label: `hit among ${count.toLocaleString('en-US')} entries`,
        subject: 'orc',
        unit: 'ns',
        summary: summary(`get-${count}`),
        chart: 'entries',
      })),
    ];
    return {
      rows,
      ratios: [
        {
          id: 'tasks',
          label: `a task among ${tasks.at(-1)?.toLocaleString('en-US')} against one among ${tasks[1]?.toLocaleString('en-US')}`,
          ratio: ratioOf(summary(`tasks-${tasks.at(-1)}`), summary(`tasks-${tasks[1]}`)),
        },
      ],
      notes: [
        'A hit among a million entries costs more than one among a thousand because it misses the processor’s caches; the number of steps is the same.',
      ],
      absent: [],
    };
  },
};

// Layers of ten, each node needing two of the layer before: wide and deep at once.
async function perNode(count: number): Promise<number> {
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    needs:
      index < 10
        ? []
        : [`n${index - 10}`, `n${index - (index % 10) - 1}`].filter((need, at, all) => all.indexOf(need) === at),
  }));
  const graph = defineGraph({ nodes });
  let ran = 0;
  const started = performance.now();
  await runGraph(graph, {
    concurrency: 8,
    execute: () => {
      ran += 1;
      return Promise.resolve(ran);
    },
  }).result;
  const ms = performance.now() - started;
  mustHold(ran === count, `${ran} of ${count} nodes ran`);
  return (ms * 1000) / count;
}

function perEntry(count: number, random: () => number): { readonly set: number; readonly get: number } {
  const cache = new TtlLruCache<string, number>({ maxSize: count });
  for (let index = 0; index < count; index += 1) cache.set(`key-${index}`, index);
  const operations = 100_000;
  const keys = Array.from({ length: operations }, () => `key-${Math.floor(random() * count)}`);
  let started = performance.now();
  let found = 0;
  for (const key of keys) if (cache.get(key) !== undefined) found += 1;
  const get = ((performance.now() - started) * 1e6) / operations;
  mustHold(found === operations, `${found} of ${operations} hits`);
  const fresh = Array.from({ length: operations }, (_, index) => `fresh-${index}`);
  started = performance.now();
  for (const [index, key] of fresh.entries()) cache.set(key, index);
  const set = ((performance.now() - started) * 1e6) / operations;
  mustHold(cache.size === count, `the bound broke: ${cache.size} of ${count}`);
  cache.dispose();
  return { set, get };
}
