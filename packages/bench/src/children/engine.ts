// Our own engines on the graphs of the peers: node engine.js @orc/core|@orc/scheduler SAMPLES
import { createOrchestrator, definePhase, definePipeline, type Phase, type Pipeline } from '@orc/core';
import { defineGraph, runGraph } from '@orc/scheduler';

interface Node {
  readonly id: string;
  readonly needs: readonly string[];
  readonly waitMs: number;
}
interface Workload {
  readonly nodes: readonly Node[];
  readonly concurrency: number;
}
type Execute = (node: Node) => Promise<unknown>;
type Prepare = (workload: Workload, execute: Execute) => Promise<() => Promise<unknown>>;

const peers = new URL('../../peers/workloads.mjs', import.meta.url);
const { isItems, timeEngine, workloads } = (await import(peers.href)) as {
  readonly isItems: (workload: Workload) => boolean;
  readonly timeEngine: (prepare: Prepare, name: string, samples: number) => Promise<number[]>;
  readonly workloads: Readonly<Record<string, Workload>>;
};

const prepareGraph: Prepare = async ({ nodes, concurrency }, execute) => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const graph = defineGraph({ nodes: nodes.map((node) => ({ id: node.id, needs: node.needs })) });
  return () => runGraph(graph, { concurrency, execute: (node) => execute(byId.get(node.id) as Node) }).result;
};

/** Many items of one kind are one phase that fans out, between two that begin and gather: a pipeline of two phases would run in a row. */
function itemsPipeline(nodes: readonly Node[], execute: Execute): Pipeline {
  const start = definePhase({ id: 'start', kind: 'compute', run: () => 'start' });
  const item = definePhase({
    id: 'item',
    kind: 'io',
    cache: true,
    needs: { start },
    forEach: () => nodes.map((node) => ({ key: node.id, value: node.id })),
    run: async ({ item: id }) => String(await execute({ id, needs: [], waitMs: 0 })),
  });
  const end = definePhase({ id: 'end', kind: 'compute', needs: { item }, run: () => 'done' });
  return definePipeline({
    id: 'items',
    version: '1',
    description: 'Items',
    phases: [start, item, end],
    result: { phase: end, text: String },
  });
}

function graphPipeline(nodes: readonly Node[], execute: Execute): Pipeline {
  const phases = new Map<string, Phase>();
  for (const node of nodes) {
    const needs = Object.fromEntries(node.needs.map((need) => [need, phases.get(need) as Phase]));
    phases.set(
      node.id,
      definePhase({ id: node.id, kind: 'io', cache: true, needs, run: async () => String(await execute(node)) }),
    );
  }
  const needed = new Set(nodes.flatMap((node) => node.needs));
  const ends = nodes.filter((node) => !needed.has(node.id)).map((node) => phases.get(node.id) as Phase);
  // A pipeline has one result: a phase that takes all ends, which is one phase more than the peers run.
  const result =
    ends.length === 1
      ? (ends[0] as Phase)
      : definePhase({
          id: 'result',
          kind: 'compute',
          needs: Object.fromEntries(ends.map((phase) => [phase.id, phase])),
          run: () => 'done',
        });
  return definePipeline({
    id: 'workload',
    version: '1',
    description: 'A workload',
    phases: [...new Set([...phases.values(), result])],
    result: { phase: result, text: String },
  });
}

const prepareCore: Prepare = async (workload, execute) => {
  const { nodes, concurrency } = workload;
  const pipeline = isItems(workload) ? itemsPipeline(nodes, execute) : graphPipeline(nodes, execute);
  const orchestrator = createOrchestrator({ maxWorkers: concurrency, cache: false });
  // Compiled before the clock starts, as the others compile theirs.
  await orchestrator.plan(pipeline, { text: '', seed: 1 });
  return async () => {
    const outcome = await orchestrator.run(pipeline, { text: '', seed: 1 }).result;
    await orchestrator.close();
    if (outcome.status !== 'succeeded') throw new Error(`${outcome.status}: ${outcome.error?.message}`);
    const expected = concurrency > 1 ? 'parallel' : 'sequential';
    if (outcome.strategy.name !== expected) throw new Error(`ran ${outcome.strategy.name}, not ${expected}`);
  };
};

const [engine, count = '5'] = process.argv.slice(2) as [string, string?];
const samples: Record<string, number[]> = {};
for (const name of Object.keys(workloads))
  samples[name] = await timeEngine(engine === '@orc/core' ? prepareCore : prepareGraph, name, Number(count));
process.stdout.write(JSON.stringify({ version: 'workspace', samples }));
