import { describe, expect, it } from 'vitest';

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

const { chains, isItems, timeEngine, workloads } = (await import(
  new URL('../peers/workloads.mjs', import.meta.url).href
)) as {
  readonly chains: (nodes: readonly Node[]) => Node[][];
  readonly isItems: (workload: Workload) => boolean;
  readonly timeEngine: (
    prepare: (workload: Workload, execute: Execute) => Promise<() => Promise<unknown>>,
    name: string,
    samples: number,
  ) => Promise<number[]>;
  readonly workloads: Readonly<Record<string, Workload>>;
};
const node = (id: string, ...needs: string[]): Node => ({ id, needs, waitMs: 0 });
const engine = (order: (nodes: readonly Node[]) => readonly Node[]) => (workload: Workload, execute: Execute) =>
  Promise.resolve(async () => {
    for (const item of order(workload.nodes)) await execute(item);
  });

describe('a peer engine', () => {
  it('is timed where it runs every node once, in order', async () => {
    const samples = await timeEngine(
      engine((nodes) => nodes),
      'chain100',
      3,
    );
    expect(samples).toHaveLength(3);
    for (const sample of samples) expect(sample).toBeGreaterThan(0);
  });

  it('fails where it leaves a node out', () =>
    expect(
      timeEngine(
        engine((nodes) => nodes.slice(1)),
        'wide1000',
        1,
      ),
    ).rejects.toThrow('999 of 1000 nodes ran'));

  it('fails where it runs a node twice', () =>
    expect(
      timeEngine(
        engine((nodes) => [...nodes, nodes[0] as Node]),
        'wide1000',
        1,
      ),
    ).rejects.toThrow('n0 ran twice'));

  it('fails where it runs a node before what it needs', () =>
    expect(
      timeEngine(
        engine((nodes) => [...nodes].toReversed()),
        'chain100',
        1,
      ),
    ).rejects.toThrow('n99 ran before n98, which it needs'));
});

describe('the workloads', () => {
  it('are graphs that every engine can express', () => {
    for (const { nodes } of Object.values(workloads)) {
      const ids = new Set(nodes.map(({ id }) => id));
      expect(ids.size).toBe(nodes.length);
      for (const { needs } of nodes) for (const need of needs) expect(ids).toContain(need);
      expect(chains(nodes).flat()).toHaveLength(nodes.length);
    }
    expect(Object.keys(workloads).filter((name) => isItems(workloads[name] as Workload))).toEqual(['wide1000']);
  });

  it('come apart into chains, and nothing that joins or forks does', () => {
    const ids = chains([node('a'), node('b', 'a'), node('c'), node('d', 'b')]).map((chain) =>
      chain.map(({ id }) => id).join(''),
    );
    expect(ids).toEqual(['abd', 'c']);
    expect(() => chains([node('a'), node('b', 'a'), node('c', 'a')])).toThrow('joins or forks');
    expect(() => chains([node('a'), node('b'), node('c', 'a', 'b')])).toThrow('joins or forks');
  });
});
