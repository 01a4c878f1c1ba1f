import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { availableCores } from '../dist/index.js';
import * as cpu from './cpu.mjs';
import * as graph from './graph.mjs';
import * as io from './io.mjs';
import * as remote from './remote.mjs';
import { installSize } from './size.mjs';

// --quick: fewer rounds, to look at; --only io,cpu: parts whose name begins so; --samples: every sample in the JSON, for who compares
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    samples: { type: 'boolean', default: false },
  },
});
const only = values.only?.split(',');
const rounds = values.quick ? 5 : 25;
const threads = availableCores();

const scenarios = [
  {
    id: 'io-plain',
    title: 'io lane, 10,000 no-ops at 8',
    unit: 'µs/task',
    run: () => io.plain({ rounds, count: 10_000 }),
  },
  {
    id: 'io-priorities',
    title: '… five priorities',
    unit: 'µs/task',
    run: () => io.priorities({ rounds, count: 10_000 }),
  },
  {
    id: 'io-signal',
    title: '… one shared AbortSignal',
    unit: 'µs/task',
    run: () => io.sharedSignal({ rounds, count: 10_000 }),
  },
  { id: 'io-waits', title: '4 × 100 ms waits at 4', unit: 'ms', run: () => io.waits({ rounds }) },
  {
    id: 'graph-overhead',
    title: 'graph, no-op nodes',
    unit: 'µs/node',
    run: () => graph.overhead({ rounds: Math.min(rounds, 15) }),
  },
  { id: 'graph-branches', title: 'uneven branches, limit 150 ms', unit: 'ms', run: () => graph.branches({ rounds }) },
  { id: 'cpu-first', title: 'first result of a thread, cold', unit: 'ms', run: () => cpu.firstResult({ rounds }) },
  {
    id: 'cpu-dispatch',
    title: 'CPU dispatch, warm no-op, a sample a process',
    unit: 'µs',
    run: () => cpu.dispatchByProcess({ processes: values.quick ? 3 : 15 }),
  },
  {
    id: 'cpu-dispatch-one-core',
    title: '… everything on one core',
    unit: 'µs',
    run: () => cpu.dispatchOnOneCore({ rounds }),
  },
  { id: 'cpu-echo', title: 'CPU dispatch, 20 KB in and out', unit: 'µs', run: () => cpu.echo({ rounds }) },
  { id: 'cpu-bulk', title: '10,000 tiny CPU tasks at once', unit: 'ms', run: () => cpu.bulk({ rounds, threads }) },
  {
    id: 'cpu-fixed',
    title: `fixed CPU work × 4 on ${threads} threads`,
    unit: 'ms',
    run: () => cpu.fixedWork({ rounds, threads }),
  },
  { id: 'cpu-abort', title: 'abort of a spinning CPU task', unit: 'ms', run: () => cpu.abortSpinning({ rounds }) },
  ...(remote.hasRedis ? remoteScenarios() : []),
  { id: 'size', title: 'installed alone, files of the package and its one dependency', unit: 'MB', run: installSize },
].filter(({ id }) => only === undefined || only.some((part) => id.startsWith(part)));

if (!remote.hasRedis) process.stderr.write('redis-server is not installed: nothing remote is measured\n');

const results = [];
for (const { id, title, unit, run } of scenarios) {
  const rows = await run();
  results.push({ id, title, unit, rows });
  process.stderr.write(`\n${title} (${unit}: median, min – max)\n`);
  for (const { name, median, min, max, samples } of rows) {
    const [shown, least, most] = [median, min, max].map((value) => value.toFixed(value < 10 ? 2 : 1).padStart(8));
    process.stderr.write(`  ${name.padEnd(36)}${shown}  ${least} – ${most.trim()}  (${samples})\n`);
  }
}
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: threads };
const report = { machine, quick: values.quick, versions: versions(), results };
const plain = (key, value) => (key === 'values' && !values.samples ? undefined : value);
process.stdout.write(`${JSON.stringify(report, plain, 2)}\n`);

/** The versions of the peers that were measured. Read, not resolved: not every package exports its package.json. */
function versions() {
  const of = (name) => {
    const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
    return [name, JSON.parse(readFileSync(manifest, 'utf8')).version];
  };
  return Object.fromEntries(['tinypool', 'piscina', 'p-limit', 'p-queue', 'fastq', 'p-graph', 'bullmq'].map(of));
}

function remoteScenarios() {
  return [
    { id: 'remote-noop', title: 'remote no-op, Redis on loopback', unit: 'ms', run: () => remote.noop({ rounds }) },
    { id: 'remote-bulk', title: '10,000 remote no-ops at once', unit: 'µs/task', run: () => remote.bulk({ rounds }) },
    ...['fast', 'default'].map((preset) => ({
      id: `remote-kill-${preset}`,
      title: `kill -9 of a worker until its task starts elsewhere, preset ${preset}`,
      unit: 'ms',
      run: () => remote.takeover({ rounds, preset }),
    })),
  ];
}
