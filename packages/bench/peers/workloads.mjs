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

/** What a node does. */
export const work = (node) =>
  node.waitMs === 0 ? Promise.resolve(node.id) : new Promise((resolve) => setTimeout(resolve, node.waitMs, node.id));

/** Times an engine's prepared run: warm-ups, then samples in the workload's unit. `run` resolves to the number of nodes that really ran. */
export async function timeEngine(prepare, name, samples) {
  const workload = workloads[name];
  const values = [];
  for (let index = -2; index < samples; index += 1) {
    let ran = 0;
    const execute = async (node) => {
      ran += 1;
      return work(node);
    };
    const run = await prepare(workload, execute);
    const started = performance.now();
    await run();
    const ms = performance.now() - started;
    if (ran !== workload.nodes.length) throw new Error(`${name}: ${ran} of ${workload.nodes.length} nodes ran`);
    if (index >= 0) values.push(workload.perNode ? (ms * 1000) / workload.nodes.length : ms);
  }
  return values;
}
