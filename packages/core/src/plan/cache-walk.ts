import type { TieredCache } from '@orc/cache';

import type { ModelClient } from '../ai/model-client.ts';
import { errorInfo } from '../errors.ts';
import type { EarlierKeys } from '../key/earlier-keys.ts';
import { missReason, nearestDifference, type KeyDifference } from '../key/explain.ts';
import { PhaseKeys, type KeyInput, type KeyParts } from '../key/phase-keys.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { isWanted, renderPrompt, taskContext, type TaskBasis } from '../run/attempt.ts';
import type { CachedOutput } from '../run/cached-output.ts';
import { taskId, type CompiledPhase, type CompiledPipeline } from '../run/compiled.ts';
import { declaredEnv, environmentOf, type Environment } from '../run/declared-env.ts';
import { DeclaredRequest } from '../run/declared-request.ts';
import { heldOutput } from '../run/held-output.ts';
import { makeItems } from '../run/make-items.ts';
import { skipped, TaskStore } from '../run/task-store.ts';
import type { PlannedCache } from './plan.ts';

/** One task, as far as it can be known without executing anything. */
export interface WalkedTask {
  /** Its id. */
  readonly task: string;
  /** What the cache has of it; `skip` where `when` leaves it out. */
  readonly cache: PlannedCache | 'skip';
  /** Why. */
  readonly reason: string;
  /** Its key, where its inputs are known. */
  readonly key?: string | undefined;
  /** The parts of its key. */
  readonly parts?: KeyParts | undefined;
  /** For a miss: how its key differs from the nearest earlier one. */
  readonly differences?: readonly KeyDifference[] | undefined;
  /** The tier of a hit. */
  readonly tier?: string | undefined;
  /** When a hit was stored, in milliseconds since the epoch. */
  readonly storedAt?: number | undefined;
}

/** A phase, as far as it can be known. */
export interface WalkedPhase {
  readonly phase: CompiledPhase;
  readonly tasks: readonly WalkedTask[];
  /** Whether all its tasks are known. */
  readonly complete: boolean;
  readonly cache: PlannedCache;
  readonly reason: string;
  readonly tier?: string | undefined;
  readonly differences: readonly KeyDifference[];
}

/** What a walk needs. */
export interface WalkOptions {
  readonly compiled: CompiledPipeline;
  readonly request: PipelineRequest;
  readonly modelOf: (phase: CompiledPhase) => ModelClient | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cache: TieredCache<CachedOutput> | undefined;
  /** Why there is no cache. */
  readonly off: string | undefined;
  readonly fresh: boolean;
  /** Whose results are looked for. */
  readonly scope?: string | undefined;
  readonly earlier: EarlierKeys;
}

/** Walks the keys of a request in the order of its phases: a hit's output makes the keys of its dependants known. */
export class CacheWalk {
  readonly #options: WalkOptions;
  readonly #store = new TaskStore();
  readonly #keys: PhaseKeys;
  readonly #reasons = new Map<CompiledPhase, string>();
  /** Where each phase stands in topological order. */
  readonly #places: ReadonlyMap<CompiledPhase, number>;
  readonly #env: Environment;

  /** A walk over one request. */
  constructor(options: WalkOptions) {
    this.#options = options;
    const { compiled, request, modelOf, scope } = options;
    this.#places = new Map(compiled.phases.map((phase, index) => [phase, index]));
    this.#env = environmentOf(compiled, options.env);
    this.#keys = new PhaseKeys({ compiled, request, modelOf, env: this.#env, scope });
  }

  /** All phases, in topological order. */
  async all(): Promise<readonly WalkedPhase[]> {
    const walked: WalkedPhase[] = [];
    for (const phase of this.#options.compiled.phases) walked.push(await this.#phase(phase));
    return walked;
  }

  async #phase(phase: CompiledPhase): Promise<WalkedPhase> {
    const trouble = this.#makeItems(phase);
    const paths = this.#knownPaths(phase);
    const complete = this.#store.paths(phase) !== undefined;
    const tasks: WalkedTask[] = [];
    for (const path of paths) tasks.push(await this.#task(phase, path));
    return { phase, tasks, complete, ...verdict(tasks, complete, trouble ?? this.#waitsFor(phase)) };
  }

  // What a forEach throws on data that is there, it will throw in the run too; here it only makes the phase unknown.
  #makeItems(phase: CompiledPhase): string | undefined {
    if (phase.space.at(-1) !== phase) return undefined;
    const parents = phase.follows === undefined ? [''] : this.#knownPaths(phase.follows);
    for (const parent of parents) {
      const ready =
        phase.follows === undefined ? this.#store.inputs(phase, '') : this.#store.get(phase.follows, parent);
      if (ready === undefined) continue;
      try {
        makeItems(
          { store: this.#store, view: (of) => this.#view(of), envOf: (of) => declaredEnv(of.phase, this.#env) },
          phase,
          parent,
        );
      } catch (error) {
        return `its items can not be made: ${errorInfo(error).message}`;
      }
    }
    return undefined;
  }

  #knownPaths(phase: CompiledPhase): readonly string[] {
    let paths: readonly string[] = [''];
    for (const maker of phase.space)
      paths = paths.flatMap((path) => this.#store.itemsUnder(maker, path)?.map((item) => item.path) ?? []);
    return paths;
  }

  async #task(phase: CompiledPhase, path: string): Promise<WalkedTask> {
    const task = taskId(phase, path);
    const { off, cache, fresh, earlier, request } = this.#options;
    const { definition } = phase.phase;
    const inputs = this.#store.inputs(phase, path);
    const item = this.#store.item(phase, path);
    if (inputs === undefined || (phase.depth > 0 && item === undefined))
      return { task, cache: 'unknown', reason: this.#waitsFor(phase) };
    const basis: TaskBasis = {
      phase: phase.phase,
      task,
      inputs: inputs.values,
      item: item?.value,
      key: path,
      view: this.#view(phase),
      request,
      env: declaredEnv(phase.phase, this.#env),
    };
    let keyInput: KeyInput;
    let key: string;
    try {
      if (!isWanted(basis)) {
        this.#store.set(phase, path, skipped);
        return { task, cache: 'skip', reason: 'its condition leaves it out' };
      }
      keyInput = {
        path,
        item,
        inputs,
        prompt: renderPrompt(basis, definition.loop === undefined ? undefined : { round: 1 }),
        files: await this.#keys.files(phase, taskContext(basis)),
      };
      key = this.#keys.key(phase, keyInput);
    } catch (error) {
      return { task, cache: 'unknown', reason: `its key can not be made: ${errorInfo(error).message}` };
    }
    const parts = this.#keys.parts(phase, keyInput);
    if (cache === undefined) return { task, key, parts, cache: 'off', reason: off ?? 'the cache is off' };
    if (definition.cache === false) return { task, key, parts, cache: 'off', reason: 'the phase is never cached' };
    if (fresh) return { task, key, parts, cache: 'miss', reason: 'asked for anew', differences: [] };
    const entry = await cache.getEntry(key);
    const held = entry && (await heldOutput(phase.phase, entry.value));
    if (entry !== undefined && held === undefined) {
      const reason = 'the kept result does not satisfy the output schema any more';
      return { task, key, parts, cache: 'miss', reason, differences: [] };
    }
    if (entry === undefined || held === undefined) {
      const differences = nearestDifference(parts, await earlier.of(phase.id));
      return { task, key, parts, cache: 'miss', reason: missReason(differences), differences: differences ?? [] };
    }
    const { output, digest } = held;
    this.#store.set(phase, path, { status: 'fulfilled', output, digest });
    return {
      task,
      key,
      parts,
      cache: 'hit',
      reason: `in ${entry.tier === 'memory' ? 'memory' : `the ${entry.tier} tier`}`,
      tier: entry.tier,
      storedAt: entry.storedAt,
    };
  }

  /** All tasks of a phase wait for the same. */
  #waitsFor(phase: CompiledPhase): string {
    let reason = this.#reasons.get(phase);
    if (reason === undefined) this.#reasons.set(phase, (reason = this.#missingOf(phase)));
    return reason;
  }

  // The nearest phases whose outputs are missing: one that another of them waits for needs no mention.
  #missingOf(phase: CompiledPhase): string {
    const others = new Set([
      ...phase.needs.map((need) => need.phase),
      ...(phase.follows === undefined ? [] : [phase.follows]),
    ]);
    const missing = [...others].filter((other) => {
      const paths = this.#store.paths(other);
      return paths === undefined || paths.some((path) => this.#store.get(other, path) === undefined);
    });
    const before = missing.length < 2 ? undefined : this.#before(missing);
    const nearest = missing.filter((other) => before?.has(other) !== true);
    return `depends on the output of ${nearest.map(({ id }) => `\`${id}\``).join(', ')}`;
  }

  /** What these phases need, directly or through others, no further back than the first of them. */
  #before(phases: readonly CompiledPhase[]): ReadonlySet<CompiledPhase> {
    const place = (phase: CompiledPhase): number => this.#places.get(phase) ?? 0;
    const first = phases.reduce((least, phase) => Math.min(least, place(phase)), Infinity);
    const found = new Set<CompiledPhase>();
    const queue = [...phases];
    for (let phase = queue.pop(); phase !== undefined; phase = queue.pop()) {
      for (const { phase: other } of phase.needs) {
        if (found.has(other) || place(other) < first) continue;
        found.add(other);
        queue.push(other);
      }
    }
    return found;
  }

  #view(phase: CompiledPhase): DeclaredRequest {
    return new DeclaredRequest(this.#options.request, phase.phase);
  }
}

function verdict(
  tasks: readonly WalkedTask[],
  complete: boolean,
  waitsFor: string,
): Pick<WalkedPhase, 'cache' | 'reason' | 'tier' | 'differences'> {
  const count = (cache: WalkedTask['cache']): number => tasks.filter((task) => task.cache === cache).length;
  const first = (cache: WalkedTask['cache']): WalkedTask | undefined => tasks.find((task) => task.cache === cache);
  const off = first('off');
  if (off !== undefined) return { cache: 'off', reason: off.reason, differences: [] };
  const miss = first('miss');
  if (miss !== undefined) {
    const many = tasks.length > 1 ? `${count('miss')} of ${tasks.length} tasks: ` : '';
    return { cache: 'miss', reason: `${many}${miss.reason}`, differences: miss.differences ?? [] };
  }
  const unknown = first('unknown');
  if (unknown !== undefined || !complete)
    return { cache: 'unknown', reason: unknown?.reason ?? waitsFor, differences: [] };
  const hits = tasks.filter((task) => task.cache === 'hit');
  const slow = hits.find((task) => task.tier !== 'memory') ?? hits.at(0);
  if (slow === undefined) return { cache: 'hit', reason: first('skip')?.reason ?? 'it has no items', differences: [] };
  return { cache: 'hit', reason: slow.reason, tier: slow.tier, differences: [] };
}
