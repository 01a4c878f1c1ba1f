import type { GraphNode, ResolvedNeed } from './graph.ts';
import type { NodeOutcome } from './outcome.ts';

/** A way from a node to one that needs it. */
export interface Edge {
  readonly to: NodeState;
  readonly optional: boolean;
}

/** A node's bookkeeping during one run. */
export class NodeState {
  readonly node: GraphNode;
  /** Its place among equals. */
  readonly index: number;
  /** All its needs, those added later too. */
  needs: readonly ResolvedNeed[];
  readonly dependants: Edge[] = [];
  phase: 'waiting' | 'ready' | 'running' | 'done' = 'waiting';
  /** Needs that have not settled. */
  remaining = 0;
  /** Whether a need that is not optional has ended without a value. */
  unmet = false;
  /** The longest path from here to an end, this node included. */
  rank: number;
  /** How many of its dependants have no rank yet, while ranks are being set; -1 otherwise. */
  unranked = -1;
  attempt = 0;
  outcome: NodeOutcome | undefined;

  constructor(node: GraphNode, index: number) {
    this.node = node;
    this.index = index;
    this.needs = node.needs;
    this.rank = node.weight;
  }
}

/** Sets the ranks of nodes by the ways among them, in time that grows with their number; there is no cycle. */
export function rankAll(states: readonly NodeState[], find: (id: string) => NodeState | undefined): void {
  for (const state of states) state.unranked = 0;
  for (const state of states) {
    for (const { id } of state.needs) {
      const need = find(id);
      if (need !== undefined && need.unranked >= 0) need.unranked += 1;
    }
  }
  const order = states.filter((state) => state.unranked === 0);
  for (let at = 0; at < order.length; at += 1) {
    const state = order[at] as NodeState;
    state.unranked = -1;
    for (const { id } of state.needs) {
      const need = find(id);
      if (need === undefined || need.unranked < 0) continue;
      need.rank = Math.max(need.rank, need.node.weight + state.rank);
      need.unranked -= 1;
      if (need.unranked === 0) order.push(need);
    }
  }
}

/** Ready nodes: by priority, then by the longest path still behind them, then as they were defined. */
export class ReadyHeap {
  readonly #heap: NodeState[] = [];

  /** The priority of the node that goes first. */
  get priority(): number {
    return this.#heap[0]?.node.priority ?? 0;
  }

  push(state: NodeState): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(state);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as NodeState;
      if (!before(state, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = state;
  }

  /** The node that goes first. One that is no longer ready, or is in twice because its rank rose, is passed over. */
  pop(): NodeState | undefined {
    for (let top = this.#shift(); top !== undefined; top = this.#shift()) if (top.phase === 'ready') return top;
    return undefined;
  }

  #shift(): NodeState | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = at * 2 + 1) {
      const right = heap[child + 1];
      if (right !== undefined && before(right, heap[child] as NodeState)) child += 1;
      const smaller = heap[child] as NodeState;
      if (!before(smaller, last)) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function before(a: NodeState, b: NodeState): boolean {
  if (a.node.priority !== b.node.priority) return a.node.priority > b.node.priority;
  if (a.rank !== b.rank) return a.rank > b.rank;
  return a.index < b.index;
}
