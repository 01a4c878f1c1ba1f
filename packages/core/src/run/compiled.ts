import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { itemSpace } from '../pipeline/item-space.ts';
import type { NeedDefinition, Phase } from '../pipeline/phase.ts';

/** A need, with all that can be known before anything runs. */
export interface CompiledNeed {
  /** Its name in `inputs`. */
  readonly name: string;
  /** The phase that is needed. */
  readonly phase: CompiledPhase;
  /** Which of its outputs. */
  readonly wise: NeedDefinition['wise'];
}

/** A phase, with all that can be known before anything runs. */
export interface CompiledPhase {
  readonly phase: Phase;
  readonly id: string;
  readonly needs: readonly CompiledNeed[];
  /** Depth of its item paths: 0 for one task, 1 for `c03`, 2 for `c03/s1`. */
  readonly depth: number;
  /** The phases that make its items, one per level; the last may be itself. */
  readonly space: readonly CompiledPhase[];
  /** The phase whose items it follows, with or without `items` of its own. */
  readonly follows: CompiledPhase | undefined;
  /** Phases with exactly its items, itself first, each after those it needs. Only in a phase that makes a level. */
  readonly sameItems: readonly CompiledPhase[];
  /** Phases that make the next level under one of `sameItems`. */
  readonly makers: readonly CompiledPhase[];
  /** Phases with deeper items than this level. */
  readonly deeper: readonly CompiledPhase[];
  /** The shallowest level at which its outputs are needed together; `Infinity` when they never are. */
  readonly gatheredFrom: number;
  /** Length of the longest path from it to the end, by weights: the order in which ready tasks start. */
  readonly rank: number;
}

/** A pipeline, ready to be executed or planned. */
export interface CompiledPipeline {
  readonly pipeline: Pipeline;
  readonly phases: readonly CompiledPhase[];
  readonly byId: ReadonlyMap<string, CompiledPhase>;
}

type Draft = { -readonly [Name in keyof CompiledPhase]: CompiledPhase[Name] } & {
  needs: CompiledNeed[];
  sameItems: CompiledPhase[];
  makers: CompiledPhase[];
  deeper: CompiledPhase[];
};

const compiled = new WeakMap<Pipeline, CompiledPipeline>();

/** Compiles a pipeline, once. */
export function compile(pipeline: Pipeline): CompiledPipeline {
  let result = compiled.get(pipeline);
  if (result === undefined) compiled.set(pipeline, (result = make(pipeline)));
  return result;
}

function make(pipeline: Pipeline): CompiledPipeline {
  const byId = new Map<string, Draft>();
  const of = (phase: Phase): Draft => byId.get(phase.id) as Draft;
  for (const phase of pipeline.phases) {
    byId.set(phase.id, {
      phase,
      id: phase.id,
      needs: [],
      depth: 0,
      space: [],
      follows: undefined,
      sameItems: [],
      makers: [],
      deeper: [],
      gatheredFrom: Infinity,
      rank: phase.definition.weight ?? 1,
    });
  }
  for (const draft of byId.values()) {
    const { needs, forEach } = draft.phase.definition;
    draft.needs = needs.map((need) => ({ name: need.name, phase: of(need.phase), wise: need.wise }));
    draft.space = itemSpace(draft.phase).map(of);
    draft.depth = draft.space.length;
    draft.follows = forEach?.over === 'phase' ? of(forEach.phase) : undefined;
    const maker = draft.space.at(-1) as Draft | undefined;
    maker?.sameItems.push(draft);
    if (maker === draft && draft.follows !== undefined) (draft.follows.space.at(-1) as Draft).makers.push(draft);
    for (const outer of draft.space.slice(0, -1)) (outer as Draft).deeper.push(draft);
    for (const need of draft.needs) {
      if (need.phase.depth === 0) continue;
      const level = need.wise === 'all' ? 0 : need.wise === 'within' ? draft.depth : need.phase.depth;
      if (level < need.phase.depth) (need.phase as Draft).gatheredFrom = Math.min(need.phase.gatheredFrom, level);
    }
  }
  // In reverse topological order, so that a phase has its rank before it is passed on to those that it needs.
  for (const draft of [...byId.values()].toReversed()) {
    const before = draft.needs.map((need) => need.phase as Draft);
    if (draft.follows !== undefined) before.push(draft.follows as Draft);
    for (const other of before) other.rank = Math.max(other.rank, (other.phase.definition.weight ?? 1) + draft.rank);
  }
  return { pipeline, phases: [...byId.values()], byId };
}

/** The id of a task. */
export function taskId(phase: CompiledPhase, path: string): string {
  return phase.depth === 0 ? phase.id : `${phase.id}[${path}]`;
}

/** The first `depth` levels of an item path. */
export function pathPrefix(path: string, depth: number): string {
  if (depth === 0) return '';
  let end = -1;
  for (let level = 0; level < depth; level += 1) {
    end = path.indexOf('/', end + 1);
    if (end === -1) return path;
  }
  return path.slice(0, end);
}
