import { TtlLruCache } from '@orc/cache';

import { mustHold } from '../errors.ts';
import { lookUp, perNode, storeAndEvict } from '../growth-work.ts';
import { shuffled } from '../random.ts';
import type { Row } from '../results.ts';
import { Samples } from '../samples.ts';
import type { Scenario } from '../scenario.ts';

const sizes = {
  full: {
    tasks: [100, 1000, 10_000, 100_000],
    entries: [1000, 10_000, 100_000, 1_000_000],
    rounds: 7,
    atLeast: 20_000,
  },
  short: { tasks: [100, 1000, 10_000], entries: [1000, 10_000, 100_000], rounds: 7, atLeast: 10_000 },
  smoke: { tasks: [100, 1000], entries: [1000, 10_000], rounds: 1, atLeast: 1000 },
};
const named = (count: number): string => count.toLocaleString('en-US');

/** How cost grows with size: linear work must cost the same per piece. */
export const growth: Scenario = {
  id: 'growth',
  title: 'Growth',
  question: 'From 10² to 10⁵ tasks and from 10³ to 10⁶ cache entries: does a piece keep its price?',
  async run({ profile, random, progress }) {
    const { tasks, entries, rounds, atLeast } = sizes[profile];
    const samples = new Samples();
    for (let round = -1; round < rounds; round += 1) {
      const keep = (id: string, value: number): void => (round < 0 ? undefined : samples.add(id, value));
      for (const count of shuffled(tasks, random)) keep(`tasks-${count}`, await perNode(count, atLeast));
      for (const count of shuffled(entries, random)) {
        const cache = new TtlLruCache<string, number>({ maxSize: count, ttl: 1_800_000 });
        const map = new Map<string, number>();
        keep(`get-${count}`, lookUp(cache, count, random));
        keep(`map-get-${count}`, lookUp(map, count, random));
        keep(`set-${count}`, storeAndEvict(cache));
        mustHold(cache.size === count, `the bound broke: ${cache.size} of ${count}`);
        cache.dispose();
      }
      progress((round + 2) / (rounds + 1));
    }
    const rows: Row[] = [];
    const add = (id: string, label: string, chart: string, bar: string, extra: Partial<Row> = {}): void => {
      rows.push({ id, label, subject: 'orc', unit: 'ns', summary: samples.summary(id), chart, bar, ...extra });
    };
    for (const count of tasks)
      add(`tasks-${count}`, `${named(count)} tasks, per task`, 'A task among so many', named(count), { unit: 'µs' });
    for (const count of entries) {
      const chart = 'A hit among so many entries';
      add(`get-${count}`, `hit among ${named(count)} entries`, chart, named(count));
      add(`map-get-${count}`, `the same on a plain Map`, chart, `${named(count)}, plain Map`, {
        subject: 'Map',
        beside: `get-${count}`,
      });
    }
    for (const count of entries)
      add(
        `set-${count}`,
        `set among ${named(count)} entries, with eviction`,
        'A set with eviction among so many entries',
        named(count),
      );
    const [least, most] = [tasks[1] as number, tasks.at(-1) as number];
    const [few, many] = [entries[0] as number, entries.at(-1) as number];
    return {
      rows,
      ratios: [
        {
          id: 'tasks',
          label: `a task among ${named(most)} against one among ${named(least)}`,
          ratio: samples.paired(`tasks-${most}`, `tasks-${least}`),
        },
        {
          id: 'hit',
          label: `a hit among ${named(many)} entries against one among ${named(few)}`,
          ratio: samples.paired(`get-${many}`, `get-${few}`),
        },
        {
          id: 'map',
          label: 'the same two on a plain Map',
          ratio: samples.paired(`map-get-${many}`, `map-get-${few}`),
        },
      ],
      notes: [
        'A graph is layers of ten nodes that each need two of the layer before, run 8 at once. Keys are drawn evenly, and their hashes are known, as those of a program’s strings are.',
        'Among a million entries a lookup misses the processor’s caches: a plain Map, which does nothing else, shows by how much. An exact LRU also moves the entry to the front, which touches its neighbours: some misses more. The number of steps is the same.',
      ],
      absent: [],
    };
  },
};
