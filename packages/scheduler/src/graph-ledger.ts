import { SchedulerError } from './errors.ts';
import { cycleError, duplicateError, resolveNode } from './graph.ts';
import type { Graph, GraphNode, GraphNodeDefinition, ResolvedNeed } from './graph.ts';
import { NodeState, rankAll } from './node-state.ts';
import type { Edge } from './node-state.ts';
import type { NodeOutcome } from './outcome.ts';

/** The nodes of one run and the ways between them; grows while the run goes on. Knows nothing of slots or time. */
export class GraphLedger {
  readonly #states: Map<string, NodeState> = new Map<string, NodeState>();
  /** Those who need a node that has not been added yet. */
  readonly #missing: Map<string, Edge[]> = new Map();
  /** Ways that were added since the ranks were last set right. */
  readonly #unsettled: { readonly state: NodeState; readonly needs: readonly ResolvedNeed[] }[] = [];
  #indexes = 0;

  readonly #onRaise: (state: NodeState) => void;

  /** `onRaise` hears of ready nodes that go before others now. */
  constructor(graph: Graph, onRaise: (state: NodeState) => void) {
    this.#onRaise = onRaise;
    const states = graph.nodes.map((node) => this.#create(node));
    for (const state of states) this.#connect(state);
    rankAll(states, (id) => this.#states.get(id));
  }

  /** Every node. */
  get states(): Iterable<NodeState> {
    return this.#states.values();
  }

  find(id: string): NodeState | undefined {
    return this.#states.get(id);
  }

  /** Adds nodes, all or none. */
  add(definitions: readonly GraphNodeDefinition[]): NodeState[] {
    const nodes = definitions.map(resolveNode);
    const fresh = new Map<string, GraphNode>();
    let closed = false as boolean;
    for (const node of nodes) {
      if (this.#states.has(node.id) || fresh.has(node.id)) throw duplicateError(node.id);
      fresh.set(node.id, node);
      closed = closed || this.#missing.has(node.id);
    }
    closed = closed || nodes.some((node) => node.needs.some((need) => fresh.has(need.id)));
    // New nodes that need only older ones, and that nothing older waits for, cannot close a cycle.
    if (closed) this.#refuseCycle(nodes, (id) => fresh.get(id)?.needs ?? this.#openNeeds(id));
    const states = nodes.map((node) => this.#create(node));
    for (const state of states) this.#adopt(state);
    for (const state of states) this.#connect(state);
    // Among themselves first, in one go: raising one after the other would walk a long chain once per node.
    rankAll(states, (id) => this.#states.get(id));
    for (const state of states) this.#unsettled.push({ state, needs: state.needs });
    return states;
  }

  /** Adds a need to a node that has not started. Returns the needed node if it is known. */
  addNeed(state: NodeState, needId: string, optional: boolean): NodeState | undefined {
    // Only a way back from the need to the node can close a cycle.
    const need = { id: needId, optional };
    const only = [need];
    this.#refuseCycle(only, (id) => (id === state.node.id ? only : this.#openNeeds(id)));
    if (state.needs === state.node.needs) state.needs = [...state.needs];
    (state.needs as ResolvedNeed[]).push(need);
    const found = this.#states.get(needId);
    this.#edge(state, needId, optional);
    this.#unsettled.push({ state, needs: only });
    return found;
  }

  /**
   * Raises the ranks of what has longer ways behind it now. Put off until somebody asks for the order: raising after each addition would
   * walk a growing chain once per node.
   */
  settleRanks(): void {
    if (this.#unsettled.length === 0) return;
    const open: NodeState[] = [];
    // The last that came goes first: in a chain it is the one that reaches all the others.
    for (let last = this.#unsettled.pop(); last !== undefined; last = this.#unsettled.pop()) {
      let steps = 64;
      this.#raise(last.state, last.needs, open);
      for (let state = open.pop(); state !== undefined; state = open.pop()) {
        this.#raise(state, state.needs, open);
        steps -= 1;
        // One way after the other, ways that part and meet again and again double the work each time: then all at once, in order.
        if (steps === 0) this.#raiseAll(open.splice(0));
      }
    }
  }

  /**
   * How a node is skipped whose needs have all settled: because of the first of them, in the order of its definition, that has no
   * value. Not the first in time: the outcome must not depend on who was faster.
   */
  skipOf(state: NodeState): NodeOutcome | undefined {
    for (const { id, optional } of state.needs) {
      const outcome = this.#states.get(id)?.outcome;
      if (outcome === undefined || outcome.status === 'fulfilled' || optional) continue;
      const cause = outcome.status === 'skipped' ? outcome.cause : id;
      return { status: 'skipped', reason: `need-${outcome.status}`, cause };
    }
    return undefined;
  }

  /** The nodes that wait for one that was never added, each with its error. */
  *neverMet(): Iterable<readonly [NodeState, SchedulerError]> {
    for (const state of this.#states.values()) {
      if (state.phase !== 'waiting') continue;
      const missing = state.needs.filter(({ id }) => !this.#states.has(id));
      if (missing.length > 0) yield [state, neverAddedError(state, missing)];
    }
  }

  #create(node: GraphNode): NodeState {
    this.#indexes += 1;
    const state = new NodeState(node, this.#indexes);
    this.#states.set(node.id, state);
    return state;
  }

  #connect(state: NodeState): void {
    for (const { id, optional } of state.needs) this.#edge(state, id, optional);
  }

  #edge(to: NodeState, needId: string, optional: boolean): void {
    const need = this.#states.get(needId);
    if (need !== undefined && need.phase === 'done') return;
    to.remaining += 1;
    if (need !== undefined) {
      need.dependants.push({ to, optional });
      return;
    }
    const waiting = this.#missing.get(needId);
    if (waiting === undefined) this.#missing.set(needId, [{ to, optional }]);
    else waiting.push({ to, optional });
  }

  /** Those who have waited for this node to be added. */
  #adopt(state: NodeState): void {
    const waiting = this.#missing.get(state.node.id);
    if (waiting === undefined) return;
    this.#missing.delete(state.node.id);
    for (const edge of waiting) {
      state.dependants.push(edge);
      state.rank = Math.max(state.rank, state.node.weight + edge.to.rank);
    }
  }

  /** A longer way behind a node makes the way of its needs longer. */
  #raise(state: NodeState, needs: readonly ResolvedNeed[], open: NodeState[]): void {
    for (const { id } of needs) {
      const need = this.#waiting(id);
      if (need === undefined) continue;
      const rank = need.node.weight + state.rank;
      if (rank <= need.rank) continue;
      need.rank = rank;
      if (need.phase === 'ready') this.#onRaise(need);
      open.push(need);
    }
  }

  /** The same for all that the given nodes wait for, each node once. */
  #raiseAll(from: readonly NodeState[]): void {
    const found = new Set(from);
    for (const state of found) {
      for (const { id } of state.needs) {
        const need = this.#waiting(id);
        if (need !== undefined) found.add(need);
      }
    }
    const states = [...found];
    const before = states.map(({ rank }) => rank);
    rankAll(states, (id) => this.#states.get(id));
    for (const [index, state] of states.entries()) {
      if (state.phase === 'ready' && state.rank !== before[index]) this.#onRaise(state);
    }
  }

  #waiting(id: string): NodeState | undefined {
    const state = this.#states.get(id);
    return state === undefined || state.phase === 'done' || state.phase === 'running' ? undefined : state;
  }

  #openNeeds(id: string): readonly { readonly id: string }[] {
    return this.#waiting(id)?.needs ?? [];
  }

  #refuseCycle(
    roots: readonly { readonly id: string }[],
    needsOf: (id: string) => readonly { readonly id: string }[],
  ): void {
    const seen = new Map<string, 'open' | 'done'>();
    for (const { id } of roots) {
      if (seen.has(id)) continue;
      const path = [{ id, needs: needsOf(id), next: 0 }];
      seen.set(id, 'open');
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const need = top.needs[top.next];
        top.next += 1;
        if (need === undefined) {
          seen.set(top.id, 'done');
          path.pop();
          continue;
        }
        const state = seen.get(need.id);
        if (state === 'open') {
          const ids = path.map((step) => step.id);
          throw cycleError([...ids.slice(ids.indexOf(need.id)), need.id]);
        }
        if (state === undefined) {
          seen.set(need.id, 'open');
          path.push({ id: need.id, needs: needsOf(need.id), next: 0 });
        }
      }
    }
  }
}

function neverAddedError(state: NodeState, needs: readonly ResolvedNeed[]): SchedulerError {
  const missing = needs.map(({ id }) => `\`${id}\``).join(', ');
  return new SchedulerError(
    'ERR_SCHEDULER_GRAPH_UNKNOWN_NEED',
    `Expected the needs of \`${state.node.id}\` to be added before the run ended, ${missing} never came`,
  );
}
