import { existsSync } from 'node:fs';

import { mustHold } from '../errors.ts';
import { runChild } from '../processes/child.ts';
import { shuffled } from '../random.ts';
import type { RatioRow, Row } from '../results.ts';
import { Samples } from '../samples.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf } from '../statistics.ts';

interface EngineSamples {
  readonly version: string;
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

const peers = ['p-graph', 'langgraph', 'mastra', 'listr2'] as const;
const ours = ['@orc/core', '@orc/scheduler'] as const;
/** Which of ours does what a peer does: a whole pipeline engine, or a graph of functions. */
const besides: Readonly<Record<string, (typeof ours)[number]>> = {
  'p-graph': '@orc/scheduler',
  listr2: '@orc/scheduler',
  langgraph: '@orc/core',
  mastra: '@orc/core',
};
const workloads = {
  parallel4: { label: '4 × 100 ms at 4', chart: 'Four waits of 100 ms, 4 at once', unit: 'ms', limit: '100 ms' },
  branches: {
    label: '3 × 50 ms beside 150 ms',
    chart: 'Three waits of 50 ms in a row beside one of 150 ms',
    unit: 'ms',
    limit: '150 ms',
  },
  chain100: {
    label: 'chain of 100, per node',
    chart: 'A node of a chain of 100 that do nothing',
    unit: 'µs',
    limit: undefined,
  },
  wide1000: {
    label: '1,000 items at 8, per item',
    chart: 'An item of 1,000 that do nothing, 8 at once',
    unit: 'µs',
    limit: undefined,
  },
} as const;
const sizes = { full: { rounds: 5, samples: 3 }, short: { rounds: 2, samples: 3 }, smoke: { rounds: 1, samples: 1 } };

/** The folder of the heavy peers. */
const folder = new URL('../../peers/', import.meta.url);

/** Why a peer can't be run; `undefined` where it can. */
function missing(peer: string): string | undefined {
  const names: Readonly<Record<string, string>> = { langgraph: '@langchain/langgraph', mastra: '@mastra/core' };
  const installed = existsSync(new URL(`node_modules/${names[peer] ?? peer}/package.json`, folder));
  return installed ? undefined : 'not installed: `pnpm bench:peers`';
}

/** The same four graphs on other pipeline engines. */
export const pipelines: Scenario = {
  id: 'pipelines',
  title: 'Pipeline engines',
  question: 'The same four graphs on LangGraph.js, Mastra, p-graph and listr2: what does the engine itself cost?',
  async run({ profile, random, progress }) {
    const { rounds, samples: each } = sizes[profile];
    const absent = peers.flatMap((subject) => {
      const reason = missing(subject);
      return reason === undefined ? [] : [{ subject, reason }];
    });
    const present = peers.filter((peer) => !absent.some(({ subject }) => subject === peer));
    const engines: readonly string[] = [...ours, ...present];
    const samples = new Samples();
    const versions: Record<string, string> = {};
    let done = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const engine of shuffled(engines, random)) {
        const script = engine.startsWith('@orc')
          ? new URL('../children/engine.js', import.meta.url)
          : new URL('run.mjs', folder);
        const child = await runChild<EngineSamples>(script, { args: [engine, String(each)] });
        if (!engine.startsWith('@orc')) versions[engine] = child.version;
        for (const workload of Object.keys(workloads)) {
          const values = child.samples[workload];
          mustHold(values?.length === each, `${engine} gave ${values?.length} of ${each} samples of ${workload}`);
          samples.add(`${workload}-${engine}`, ...values);
        }
        done += 1;
        progress(done / (rounds * engines.length), engine);
      }
    }
    const rows = Object.entries(workloads).flatMap(([workload, { label, chart, unit, limit }]) =>
      engines.map((engine): Row => ({
        id: `${workload}-${engine}`,
        label: `${label}, ${engine}`,
        subject: versions[engine] === undefined ? 'orc' : `${engine} ${versions[engine]}`,
        unit,
        summary: samples.summary(`${workload}-${engine}`),
        limit,
        chart,
        bar: engine,
        beside: besides[engine] === undefined ? undefined : `${workload}-${besides[engine]}`,
      })),
    );
    return {
      rows,
      ratios: present.flatMap((peer): RatioRow[] =>
        (['chain100', 'wide1000'] as const).map((workload) => ({
          id: `${workload}-${peer}`,
          label: `${workloads[workload].label}: ${besides[peer]} against ${peer}`,
          ratio: ratioOf(samples.summary(`${workload}-${besides[peer]}`), samples.summary(`${workload}-${peer}`)),
        })),
      ),
      notes: [
        'Nodes wait on a timer or return at once: what differs is the engine. Each node must run once, and after what it needs, or the scenario fails. `@orc/core` also makes a key, an event stream and a result for each node; its cache is off, so that every node really runs. What is compiled once for a graph (`compile` in LangGraph, `commit` in Mastra, `plan` in ours) is not timed.',
        'Each engine as its docs advise: branches are edges in p-graph and LangGraph, nested workflows in Mastra, subtasks in listr2; the 1,000 items are `Send` in LangGraph, `foreach` in Mastra, `forEach` in `@orc/core`, a list in listr2, nodes in p-graph and `@orc/scheduler`.',
        'LangGraph runs in supersteps: a node beside a slow branch waits for it, unless the branch is made a graph of its own. LangGraph and Mastra keep state and can be resumed; p-graph and listr2 run functions and keep nothing. Mastra’s later releases need Node 22; measured is the line for Node 20.',
      ],
      absent,
      versions,
    };
  },
};
