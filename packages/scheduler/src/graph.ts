import { SchedulerError } from './errors.ts';
import { expected, knownMembers } from './expected.ts';

/** Where a node runs. `none` is for bookkeeping: it needs no slot and starts the moment its needs are met. */
export type NodeLane = 'io' | 'cpu' | 'compute' | 'none';

/** One need of a node. */
export interface NodeNeed {
  /** The node that goes first. */
  readonly id: string;
  /** `true`: the dependant starts once this need has settled, however it ended. @defaultValue false */
  readonly optional?: boolean | undefined;
}

/** A node, as it is defined. */
export interface GraphNodeDefinition {
  /** Its name, unique in the graph. */
  readonly id: string;
  /** The nodes that go first. @defaultValue none */
  readonly needs?: readonly (string | NodeNeed)[] | undefined;
  /** @defaultValue `'io'` */
  readonly lane?: NodeLane | undefined;
  /** Among ready nodes the higher goes first. @defaultValue 0 */
  readonly priority?: number | undefined;
  /** How long it takes, relative to others: of equal priority, the node with the longest path still behind it goes first. @defaultValue 1 */
  readonly weight?: number | undefined;
}

/** A need with its default filled in. */
export interface ResolvedNeed {
  /** The node that goes first. */
  readonly id: string;
  /** Whether the dependant starts however the need ended. */
  readonly optional: boolean;
}

/** A node with every default filled in; frozen. */
export interface GraphNode {
  /** Its name. */
  readonly id: string;
  /** The nodes that go first. */
  readonly needs: readonly ResolvedNeed[];
  /** Where it runs. */
  readonly lane: NodeLane;
  /** The higher goes first. */
  readonly priority: number;
  /** How long it takes, relative to others. */
  readonly weight: number;
}

/** A checked graph: every need exists and nothing waits for itself. Frozen. */
export interface Graph {
  /** The nodes, in the order of their definition. */
  readonly nodes: readonly GraphNode[];
}

/**
 * Checks and freezes a graph.
 *
 * @example
 * ```ts
 * const graph = defineGraph({ nodes: [{ id: 'outline' }, { id: 'draft', needs: ['outline'] }] });
 * ```
 * @throws ERR_SCHEDULER_GRAPH_NODE · ERR_SCHEDULER_GRAPH_DUPLICATE · ERR_SCHEDULER_GRAPH_UNKNOWN_NEED · ERR_SCHEDULER_GRAPH_CYCLE
 */
export function defineGraph(definition: { readonly nodes: readonly GraphNodeDefinition[] }): Graph {
  const given: unknown = (definition as { nodes?: unknown } | null | undefined)?.nodes;
  if (!Array.isArray(given)) throw expected('nodes', 'an array of nodes', given, 'ERR_SCHEDULER_GRAPH_NODE');
  knownMembers('the definition of a graph', definition, new Set(['nodes']), 'ERR_SCHEDULER_GRAPH_NODE');
  const nodes = definition.nodes.map(resolveNode);
  const known = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (known.has(node.id)) throw duplicateError(node.id);
    known.set(node.id, node);
  }
  for (const node of nodes) {
    for (const need of node.needs) {
      if (!known.has(need.id)) {
        throw new SchedulerError(
          'ERR_SCHEDULER_GRAPH_UNKNOWN_NEED',
          `Expected the needs of \`${node.id}\` to be nodes of the graph, there is no \`${need.id}\``,
        );
      }
    }
  }
  refuseCycles(nodes, known);
  const graph: Graph = Object.defineProperty({ nodes: Object.freeze(nodes) }, brand, { value: true });
  return Object.freeze(graph);
}

const brand = Symbol.for('@orc/scheduler/graph');

/** Tells whether a value came from {@link defineGraph}, so that a run need not check it again. */
export function isGraph(value: unknown): value is Graph {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

const nodeMembers: ReadonlySet<string> = new Set<keyof GraphNodeDefinition>([
  'id',
  'needs',
  'lane',
  'priority',
  'weight',
]);
const needMembers: ReadonlySet<string> = new Set<keyof NodeNeed>(['id', 'optional']);

/** Checks one node and fills in its defaults. */
export function resolveNode(definition: GraphNodeDefinition): GraphNode {
  if (typeof definition !== 'object' || (definition as unknown) === null)
    throw expected('node', 'an object with an id', definition, 'ERR_SCHEDULER_GRAPH_NODE');
  const { id, needs = [], lane = 'io', priority = 0, weight = 1 } = definition;
  if (typeof id !== 'string' || id === '') throw expected('id', 'a non-empty string', id, 'ERR_SCHEDULER_GRAPH_NODE');
  const where = `nodes[${JSON.stringify(id)}]`;
  knownMembers(where, definition, nodeMembers, 'ERR_SCHEDULER_GRAPH_NODE');
  if (lane !== 'io' && lane !== 'cpu' && lane !== 'compute' && lane !== 'none') {
    throw expected(`${where}.lane`, "'io', 'cpu', 'compute' or 'none'", lane, 'ERR_SCHEDULER_GRAPH_NODE');
  }
  if (!Number.isFinite(priority))
    throw expected(`${where}.priority`, 'a finite number', priority, 'ERR_SCHEDULER_GRAPH_NODE');
  if (!(weight >= 0 && weight < Infinity))
    throw expected(`${where}.weight`, 'a number >= 0', weight, 'ERR_SCHEDULER_GRAPH_NODE');
  return Object.freeze({ id, needs: resolveNeeds(id, needs), lane, priority, weight });
}

function resolveNeeds(id: string, needs: readonly (string | NodeNeed)[]): readonly ResolvedNeed[] {
  const where = `nodes[${JSON.stringify(id)}].needs`;
  if (!Array.isArray(needs)) throw expected(where, 'an array', needs, 'ERR_SCHEDULER_GRAPH_NODE');
  // The same need twice is one need; the stricter reading wins.
  const found = new Map<string, boolean>();
  for (const need of needs) {
    const needId: unknown = typeof need === 'string' ? need : (need as NodeNeed | null)?.id;
    if (typeof needId !== 'string') throw expected(where, 'names of nodes', need, 'ERR_SCHEDULER_GRAPH_NODE');
    if (typeof need !== 'string') knownMembers(where, need, needMembers, 'ERR_SCHEDULER_GRAPH_NODE');
    const optional = typeof need !== 'string' && need.optional === true;
    found.set(needId, optional && found.get(needId) !== false);
  }
  return Object.freeze([...found].map(([needId, optional]) => Object.freeze({ id: needId, optional })));
}

/** The error for a second node of the same name. */
export function duplicateError(id: string): SchedulerError {
  return new SchedulerError(
    'ERR_SCHEDULER_GRAPH_DUPLICATE',
    `Expected every node to have an id of its own, \`${id}\` came twice`,
  );
}

/** The error for nodes that wait for each other. */
export function cycleError(path: readonly string[]): SchedulerError {
  return new SchedulerError(
    'ERR_SCHEDULER_GRAPH_CYCLE',
    `Expected a graph without cycles, these wait for each other: ${path.join(' → ')}`,
  );
}

function refuseCycles(nodes: readonly GraphNode[], known: ReadonlyMap<string, GraphNode>): void {
  const state = new Map<GraphNode, 'open' | 'done'>();
  for (const root of nodes) {
    if (state.has(root)) continue;
    // An explicit stack: a chain of 100,000 nodes must not overflow the real one.
    const path: { node: GraphNode; next: number }[] = [{ node: root, next: 0 }];
    state.set(root, 'open');
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const need = top.node.needs[top.next];
      top.next += 1;
      if (need === undefined) {
        state.set(top.node, 'done');
        path.pop();
        continue;
      }
      const below = known.get(need.id) as GraphNode;
      const seen = state.get(below);
      if (seen === 'open') {
        const ids = path.map(({ node }) => node.id);
        throw cycleError([...ids.slice(ids.indexOf(below.id)), below.id]);
      }
      if (seen === undefined) {
        state.set(below, 'open');
        path.push({ node: below, next: 0 });
      }
    }
  }
}
