import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { runChild } from '../child.ts';
import { shuffled } from '../random.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize, type Summary } from '../statistics.ts';

interface EngineSamples {
  readonly version: string;
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

const peers = ['p-graph', 'langgraph', 'mastra', 'listr2'] as const;
const workloads = {
  parallel4: { label: '4 × 100 ms at 4', unit: 'ms', limit: '100 ms' },
  branches: { label: '3 × 50 ms beside 150 ms', unit: 'ms', limit: '150 ms' },
  chain100: { label: 'chain of 100, per node', unit: 'µs', limit: undefined },
  wide1000: { label: '1,000 independent, per node', unit: 'µs', limit: undefined },
} as const;

/** The same four graphs on other pipeline engines. */
export const pipelines: Scenario = {
  id: 'pipelines',
  title: 'Pipeline engines',
  question: 'The same four graphs on LangGraph.js, Mastra, p-graph and listr2: what does the engine itself cost?',
  async run({ profile, random, progress }) {
    const folder = new URL('../../peers/', import.meta.url);
    const installed = existsSync(fileURLToPath(new URL('node_modules', folder)));
    const engines = ['orc', '@orc/scheduler', ...(installed ? peers : [])];
    const rounds = profile === 'full' ? 5 : 2;
    const samples = new Map<string, Map<string, number[]>>();
    const versions = new Map<string, string>();
    let done = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const engine of shuffled(engines, random)) {
        const ours = engine === 'orc' || engine === '@orc/scheduler';
        const child = await runChild<EngineSamples>(
          ours ? new URL('../children/engine.js', import.meta.url) : new URL('run.mjs', folder),
          { args: [engine, '3'] },
        );
        versions.set(engine, child.version);
        for (const [workload, values] of Object.entries(child.samples)) {
          const byWorkload = samples.get(engine) ?? new Map<string, number[]>();
          byWorkload.set(workload, [...(byWorkload.get(workload) ?? []), ...values]);
          samples.set(engine, byWorkload);
        }
        done += 1;
        progress(done / (rounds * engines.length), engine);
      }
    }
    const summary = (engine: string, workload: string): Summary => summarize(samples.get(engine)?.get(workload) ?? []);
    const rows: Row[] = [];
    for (const [workload, { label, unit, limit }] of Object.entries(workloads)) {
      for (const engine of engines) {
        const subject = engine.startsWith('@orc') || engine === 'orc' ? 'orc' : `${engine} ${versions.get(engine)}`;
        const name =
          engine === 'orc'
            ? `${label}, @orc/core`
            : engine === '@orc/scheduler'
              ? `${label}, @orc/scheduler`
              : `${label}, ${engine}`;
        rows.push({
          id: `${workload}-${engine}`,
          label: name,
          subject,
          unit,
          summary: summary(engine, workload),
          limit,
          chart: workload,
        });
      }
    }
    return {
      rows,
      ratios: installed
        ? [
            {
              id: 'chain-langgraph',
              label: 'chain of 100: @orc/core against LangGraph',
              ratio: ratioOf(summary('orc', 'chain100'), summary('langgraph', 'chain100')),
            },
            {
              id: 'chain-pgraph',
              label: 'chain of 100: @orc/scheduler against p-graph',
              ratio: ratioOf(summary('@orc/scheduler', 'chain100'), summary('p-graph', 'chain100')),
            },
          ]
        : [],
      notes: [
        'Nodes wait on a timer or return at once: what differs is the engine. `@orc/core` also makes a key, an event stream and a result per node; the cache is off, so that every node really runs.',
        'LangGraph runs in supersteps: a node beside a slow branch waits for it. listr2 has lists and no graph: a level waits for the level before. Mastra expresses branches as nested workflows, and has no limit of concurrency.',
      ],
      absent: installed ? [] : peers.map((subject) => ({ subject, reason: 'not installed: `pnpm bench:peers`' })),
    };
  },
};
