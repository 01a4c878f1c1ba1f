// The four graphs that every pipeline engine runs: the same nodes, the same waits. A node that waits uses a timer; the others return at once.

/** @typedef {{id: string, needs: string[], waitMs: number}} Node */

/** @type {Record<string, {nodes: Node[], concurrency: number, unit: 'ms' | 'µs', perNode: boolean}>} */
export const workloads = {
  parallel4: {
    unit: 'ms',
    perNode: false,
    concurrency: 4,
    nodes: ['a', 'b', 'c', 'd'].map((id) => ({ id, needs: [], waitMs: 100 })),
  },
  branches: {
    unit: 'ms',
    perNode: false,
    concurrency: 4,
    nodes: [
      { id: 'slow', needs: [], waitMs: 150 },
      { id: 'one', needs: [], waitMs: 50 },
      { id: 'two', needs: ['one'], waitMs: 50 },
      { id: 'three', needs: ['two'], waitMs: 50 },
    ],
  },
  chain100: {
    unit: 'µs',
    perNode: true,
    concurrency: 1,
    nodes: Array.from({ length: 100 }, (_, index) => ({
      id: `n${index}`,
      needs: index === 0 ? [] : [`n${index - 1}`],
      waitMs: 0,
    })),
  },
  wide1000: {
    unit: 'µs',
    perNode: true,
    concurrency: 8,
    nodes: Array.from({ length: 1000 }, (_, index) => ({ id: `n${index}`, needs: [], waitMs: 0 })),
  },
};

/** Whether all nodes are alike and none needs another: what engines have a way of their own for. */
export const isItems = ({ nodes }) => nodes.length > 100 && nodes.every((node) => node.needs.length === 0);

/** The graph as chains side by side, for engines that have no graph. Refuses a graph that is none. */
export function chains(nodes) {
  const next = new Map();
  for (const node of nodes) {
    if (node.needs.length > 1 || node.needs.some((need) => next.has(need)))
      throw new Error(`Expected chains side by side, got a node \`${node.id}\` that joins or forks`);
    for (const need of node.needs) next.set(need, node);
  }
  return nodes
    .filter((node) => node.needs.length === 0)
    .map((root) => {
      const members = [];
      for (let at = root; at !== undefined; at = next.get(at.id)) members.push(at);
      return members;
    });
}

/** What a node does. */
export const work = (node) =>
  node.waitMs === 0 ? Promise.resolve(node.id) : new Promise((resolve) => setTimeout(resolve, node.waitMs, node.id));

/** Times an engine's prepared run: warm-ups, then samples in the workload's unit. Fails where nodes were left out, ran twice or ran before what they need. */
export async function timeEngine(prepare, name, samples) {
  const workload = workloads[name];
  const values = [];
  // What takes microseconds wants its code compiled first; waits don't care.
  const warmUps = workload.perNode ? 5 : 2;
  for (let index = -warmUps; index < samples; index += 1) {
    const ran = new Set();
    const execute = async (node) => {
      const early = node.needs.find((need) => !ran.has(need));
      if (early !== undefined) throw new Error(`${name}: ${node.id} ran before ${early}, which it needs`);
      const value = await work(node);
      if (ran.has(node.id)) throw new Error(`${name}: ${node.id} ran twice`);
      ran.add(node.id);
      return value;
    };
    const run = await prepare(workload, execute);
    const started = performance.now();
    await run();
    const ms = performance.now() - started;
    if (ran.size !== workload.nodes.length)
      throw new Error(`${name}: ${ran.size} of ${workload.nodes.length} nodes ran`);
    if (index >= 0) values.push(workload.perNode ? (ms * 1000) / workload.nodes.length : ms);
  }
  return values;
}
