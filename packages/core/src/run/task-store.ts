import { digest, type JsonValue } from '@orc/cache';

import type { FanOut, Keyed } from '../pipeline/phase.ts';
import { pathPrefix, type CompiledNeed, type CompiledPhase } from './compiled.ts';
import type { Item } from './items.ts';

/** What a finished task left: its output, or nothing where `when` left it out. */
export interface TaskOutcome {
  readonly status: 'fulfilled' | 'skipped';
  readonly output: JsonValue | undefined;
  readonly digest: string;
}

/** The outcome of a task that `when` left out. */
export const skipped: TaskOutcome = Object.freeze({ status: 'skipped', output: undefined, digest: 'skipped' });

/** The inputs of a task, with the digest of each. */
export interface TaskInputs {
  readonly values: Readonly<Record<string, unknown>>;
  /** Name and digest, one after the other, in the order of the needs. */
  readonly digests: readonly string[];
}

interface Gathered {
  readonly values: FanOut<JsonValue | undefined>;
  readonly digest: string;
}

const none: TaskInputs = Object.freeze({ values: Object.freeze({}), digests: Object.freeze([]) });

/** The outputs and items of one run (or of the part of it that a plan can know). */
export class TaskStore {
  readonly #outcomes = new Map<CompiledPhase, Map<string, TaskOutcome>>();
  /** Per phase that makes a level: parent path to items. */
  readonly #items = new Map<CompiledPhase, Map<string, readonly Item[]>>();
  readonly #byPath = new Map<CompiledPhase, Map<string, Item>>();
  readonly #gathered = new Map<CompiledPhase, Map<string, Gathered>>();

  /** Keeps the outcome of a task. */
  set(phase: CompiledPhase, path: string, outcome: TaskOutcome): void {
    let ofPhase = this.#outcomes.get(phase);
    if (ofPhase === undefined) this.#outcomes.set(phase, (ofPhase = new Map()));
    ofPhase.set(path, outcome);
  }

  /** The outcome of a task. */
  get(phase: CompiledPhase, path: string): TaskOutcome | undefined {
    return this.#outcomes.get(phase)?.get(path);
  }

  /** Keeps the items that a phase made under a path. */
  setItems(maker: CompiledPhase, parent: string, items: readonly Item[]): void {
    let ofMaker = this.#items.get(maker);
    if (ofMaker === undefined) this.#items.set(maker, (ofMaker = new Map()));
    ofMaker.set(parent, items);
    let byPath = this.#byPath.get(maker);
    if (byPath === undefined) this.#byPath.set(maker, (byPath = new Map()));
    for (const item of items) byPath.set(item.path, item);
  }

  /** The items that a phase made under a path. */
  itemsUnder(maker: CompiledPhase, parent: string): readonly Item[] | undefined {
    return this.#items.get(maker)?.get(parent);
  }

  /** The item of a task. */
  item(phase: CompiledPhase, path: string): Item | undefined {
    if (phase.depth === 0) return undefined;
    if (phase.space.at(-1) === phase) return this.#byPath.get(phase)?.get(path);
    const followed = this.get(phase.follows as CompiledPhase, path);
    return followed && { path, value: followed.output as JsonValue, digest: followed.digest };
  }

  /** The item paths of a phase under a path, in item order; `undefined` where they are not all known yet. */
  paths(phase: CompiledPhase, under = ''): readonly string[] | undefined {
    let level = under === '' ? 0 : under.split('/').length;
    let paths: readonly string[] = [under];
    for (; level < phase.depth; level += 1) {
      const next: string[] = [];
      for (const path of paths) {
        const items = this.itemsUnder(phase.space[level] as CompiledPhase, path);
        if (items === undefined) return undefined;
        for (const item of items) next.push(item.path);
      }
      paths = next;
    }
    return paths;
  }

  /** The inputs of a task, as if a phase had this outcome where one is `assumed`; `undefined` where one of them is not known. */
  inputs(
    phase: CompiledPhase,
    path: string,
    assumed?: { readonly on: CompiledPhase; readonly outcome: TaskOutcome },
  ): TaskInputs | undefined {
    if (phase.needs.length === 0) return none;
    const values: Record<string, unknown> = {};
    const digests: string[] = [];
    for (const need of phase.needs) {
      if (!this.#take(need, path, values, digests, assumed)) return undefined;
    }
    return { values: Object.freeze(values), digests };
  }

  #take(
    need: CompiledNeed,
    path: string,
    values: Record<string, unknown>,
    digests: string[],
    assumed: { readonly on: CompiledPhase; readonly outcome: TaskOutcome } | undefined,
  ): boolean {
    const { phase, wise, name } = need;
    const own = wise === 'each' ? pathPrefix(path, phase.depth) : wise === 'within' ? path : '';
    const whole = phase.depth === 0 || wise === 'each';
    const found = assumed?.on === phase ? assumed.outcome : whole ? this.get(phase, own) : this.#gather(phase, own);
    if (found === undefined) return false;
    const value = 'values' in found ? found.values : found.output;
    // An assignment to this name would set the prototype.
    if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true });
    else values[name] = value;
    digests.push(name, found.digest);
    return true;
  }

  #gather(phase: CompiledPhase, under: string): Gathered | undefined {
    const known = this.#gathered.get(phase)?.get(under);
    if (known !== undefined) return known;
    const paths = this.paths(phase, under);
    if (paths === undefined) return undefined;
    const values: Keyed<JsonValue | undefined>[] = [];
    const digests: string[] = [];
    for (const path of paths) {
      const outcome = this.get(phase, path);
      if (outcome === undefined) return undefined;
      values.push(Object.freeze({ key: path, value: outcome.output }));
      digests.push(path, outcome.digest);
    }
    const gathered = { values: Object.freeze(values), digest: digest('fan-out', digests) };
    let ofPhase = this.#gathered.get(phase);
    if (ofPhase === undefined) this.#gathered.set(phase, (ofPhase = new Map()));
    ofPhase.set(under, gathered);
    return gathered;
  }
}
