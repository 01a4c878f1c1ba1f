import { PGraph } from 'p-graph';

import { defineGraph, runGraph, Scheduler } from '../dist/index.js';
import { interleave, timed } from './measure.mjs';

const noop = async () => {};
const chain = (length) =>
  Array.from({ length }, (_, index) => ({ id: `n${index}`, needs: index === 0 ? [] : [`n${index - 1}`] }));
const wide = (length) => Array.from({ length }, (_, index) => ({ id: `n${index}` }));

/** Microseconds a node: what the scheduler itself costs. */
export function overhead({ rounds }) {
  const contender = (name, nodes, options, runs = 1) => ({
    name,
    ours: true,
    run: async () => {
      const graph = defineGraph({ nodes });
      const given = options();
      const time = await timed(async () => {
        for (let run = 0; run < runs; run += 1) await runGraph(graph, { execute: noop, ...given }).result;
      });
      await given.scheduler?.close();
      return (time * 1000) / (nodes.length * runs);
    },
  });
  const peer = (name, nodes, runs) => ({
    name,
    run: async () => {
      const map = new Map(nodes.map(({ id }) => [id, { run: noop }]));
      const edges = nodes.flatMap(({ id, needs = [] }) => needs.map((need) => [need, id]));
      const time = await timed(async () => {
        for (let run = 0; run < runs; run += 1) await new PGraph(map, edges).run();
      });
      return (time * 1000) / (nodes.length * runs);
    },
  });
  return interleave(
    [
      contender('chain of 100, 10 runs', chain(100), () => ({}), 10),
      peer('… of p-graph, chain', chain(100), 10),
      contender('1000 independent', wide(1000), () => ({ concurrency: 1000 })),
      peer('… of p-graph, independent', wide(1000), 1),
      contender('1000 independent, scheduler of 8', wide(1000), () => ({
        scheduler: new Scheduler({ maxWorkers: 8 }),
      })),
      contender('100,000 independent', wide(100_000), () => ({ concurrency: 8 })),
      contender('chain of 100,000', chain(100_000), () => ({})),
    ],
    { rounds },
  );
}

/** Three waits of 50 ms in a chain beside one of 150 ms: milliseconds; the limit is 150. */
export function branches({ rounds }) {
  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const graph = defineGraph({
    nodes: [
      { id: 'a' },
      { id: 'b', needs: ['a'] },
      { id: 'c', needs: ['b'] },
      { id: 'slow' },
      { id: 'end', needs: ['c', 'slow'] },
    ],
  });
  const execute = (node) => (node.id === 'end' ? undefined : sleep(node.id === 'slow' ? 150 : 50));
  return interleave(
    [{ name: '@orc/scheduler', ours: true, run: () => timed(() => runGraph(graph, { execute }).result) }],
    { rounds: Math.min(rounds, 7), warmups: 1 },
  );
}
