import { defineGraph, runGraph } from '@orc/scheduler';

import { mustHold } from './errors.ts';

/** Microseconds for each node of a graph of `count` nodes, run as often as it takes to run `atLeast` nodes. */
export async function perNode(count: number, atLeast: number): Promise<number> {
  // Layers of ten, each node needing two of the layer before: wide and deep at once.
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    needs: index < 10 ? [] : [...new Set([`n${index - 10}`, `n${index - (index % 10) - 1}`])],
  }));
  const graph = defineGraph({ nodes });
  const times = Math.max(1, Math.ceil(atLeast / count));
  let ran = 0;
  const started = performance.now();
  for (let time = 0; time < times; time += 1) {
    await runGraph(graph, {
      concurrency: 8,
      execute: () => {
        ran += 1;
        return Promise.resolve(ran);
      },
    }).result;
  }
  const ms = performance.now() - started;
  mustHold(ran === count * times, `${ran} of ${count * times} nodes ran`);
  return (ms * 1000) / ran;
}

/** A cache, as far as it is measured here. */
export interface Store {
  get(key: string): number | undefined;
  set(key: string, value: number): unknown;
}

const operations = 100_000;

function nanoseconds(work: () => void): number {
  const started = performance.now();
  work();
  return ((performance.now() - started) * 1e6) / operations;
}

/** Fills a store with `count` entries and gives the nanoseconds of a hit on one drawn at random. */
export function lookUp(store: Store, count: number, random: () => number): number {
  const keys = Array.from({ length: count }, (_, index) => `key-${index}`);
  for (const [index, key] of keys.entries()) store.set(key, index);
  const drawn = Array.from({ length: operations }, () => keys[Math.floor(random() * count)] as string);
  let found = 0;
  const result = nanoseconds(() => {
    for (const key of drawn) if (store.get(key) !== undefined) found += 1;
  });
  mustHold(found === operations, `${found} of ${operations} hits`);
  return result;
}

/** Nanoseconds of a set of a new key into a store that is full. */
export function storeAndEvict(store: Store): number {
  const fresh = Array.from({ length: operations }, (_, index) => `fresh-${index}`);
  const result = nanoseconds(() => {
    for (const [index, key] of fresh.entries()) store.set(key, index);
  });
  mustHold(store.get(fresh.at(-1) as string) === operations - 1, 'what was set last is not there');
  return result;
}
