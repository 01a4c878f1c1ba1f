import type { CompiledPhase } from './compiled.ts';
import { pathPrefix, taskId } from './compiled.ts';
import { mayBeRemote } from './remote-slots.ts';
import type { Item } from './items.ts';

/** What a node of the graph stands for: a task, the moment when items become known, or the join of a fan-out. */
export type NodeWork =
  | { readonly type: 'task'; readonly phase: CompiledPhase; readonly path: string }
  | { readonly type: 'expand'; readonly phase: CompiledPhase; readonly path: string }
  | { readonly type: 'join' };

/** A node, as the scheduler wants it. */
export interface NodeSpec {
  readonly id: string;
  readonly needs: readonly string[];
  readonly lane: 'io' | 'cpu' | 'compute' | 'none';
  readonly priority: number;
}

/** The nodes of one run: what each stands for, and how they come about. */
export class GraphNodes {
  readonly #phases: readonly CompiledPhase[];
  readonly #priority: number;
  readonly #remote: boolean;
  readonly #work = new Map<string, NodeWork>();

  /** For the phases of one pipeline; `priority` is added to each node's rank. With `remote` other machines execute what may leave this one. */
  constructor(phases: readonly CompiledPhase[], priority = 0, remote = false) {
    this.#phases = phases;
    this.#priority = priority;
    this.#remote = remote;
  }

  /** What a node stands for. */
  work(id: string): NodeWork {
    return this.#work.get(id) as NodeWork;
  }

  /** The nodes that are known before anything runs. Joins come with the items they wait for; what needs one names it before. */
  initial(): readonly NodeSpec[] {
    const nodes: NodeSpec[] = [];
    for (const phase of this.#phases) {
      if (phase.depth === 0) nodes.push(this.#task(phase, '', needsOf(phase, '')));
      else if (phase.follows === undefined) nodes.push(this.#expand(phase, '', needsOf(phase, '')));
    }
    return nodes;
  }

  /** The nodes that come about when `maker` has made its items under `parent`. */
  grow(maker: CompiledPhase, parent: string, items: readonly Item[]): readonly NodeSpec[] {
    const nodes: NodeSpec[] = [];
    for (const { path } of items) {
      for (const next of maker.makers)
        nodes.push(this.#expand(next, path, [taskId(next.follows as CompiledPhase, path)]));
      for (const phase of maker.sameItems) nodes.push(this.#task(phase, path, needsOf(phase, path)));
    }
    const outer = maker.depth - 1;
    for (const phase of maker.sameItems) {
      if (phase.gatheredFrom <= outer)
        nodes.push(
          this.#join(
            phase,
            parent,
            items.map(({ path }) => taskId(phase, path)),
          ),
        );
    }
    for (const deep of maker.deeper) {
      if (deep.gatheredFrom <= outer)
        nodes.push(
          this.#join(
            deep,
            parent,
            items.map(({ path }) => joinId(deep, path)),
          ),
        );
    }
    return nodes;
  }

  #task(phase: CompiledPhase, path: string, needs: readonly string[]): NodeSpec {
    const id = taskId(phase, path);
    this.#work.set(id, { type: 'task', phase, path });
    const { kind } = phase.phase;
    // What another machine computes takes none of the threads here.
    const waits = kind === 'llm' || (this.#remote && mayBeRemote(phase));
    return { id, needs, lane: waits ? 'io' : kind, priority: phase.rank + this.#priority };
  }

  #expand(phase: CompiledPhase, path: string, needs: readonly string[]): NodeSpec {
    const id = expandId(phase, path);
    this.#work.set(id, { type: 'expand', phase, path });
    return { id, needs, lane: 'none', priority: phase.rank + this.#priority };
  }

  #join(phase: CompiledPhase, path: string, needs: readonly string[]): NodeSpec {
    const id = joinId(phase, path);
    this.#work.set(id, { type: 'join' });
    return { id, needs, lane: 'none', priority: phase.rank + this.#priority };
  }
}

// A phase's own items are there once it exists, so that only what it names besides is waited for.
function needsOf(phase: CompiledPhase, path: string): readonly string[] {
  const needs = new Set<string>();
  if (phase.follows !== undefined && phase.space.at(-1) !== phase) needs.add(taskId(phase.follows, path));
  for (const need of phase.needs) {
    const other = need.phase;
    if (other.depth === 0) needs.add(other.id);
    else if (need.wise === 'all') needs.add(joinId(other, ''));
    else if (need.wise === 'each') needs.add(taskId(other, pathPrefix(path, other.depth)));
    else if (other.depth === phase.depth) needs.add(taskId(other, path));
    else needs.add(joinId(other, path));
  }
  return [...needs];
}

function expandId(phase: CompiledPhase, path: string): string {
  return path === '' ? `${phase.id}:items` : `${phase.id}:items[${path}]`;
}

function joinId(phase: CompiledPhase, path: string): string {
  return path === '' ? `${phase.id}:all` : `${phase.id}:all[${path}]`;
}
