import type { JsonObject, JsonValue, TieredCache, TieredComputeOptions, ValueSource } from '@orc/cache';

import { missReason, nearestDifference } from '../key/explain.ts';
import type { KeyInput, KeyParts } from '../key/phase-keys.ts';
import type { PhaseCache } from '../pipeline/phase.ts';
import type { CachedOutput } from './cached-output.ts';
import { asMade } from './changed-since.ts';
import { workResult } from './execute-work.ts';
import { heldOutput, noteChecked } from './held-output.ts';
import { keepInCache } from './keep-in-cache.ts';
import type { Work } from './work.ts';
import { concernsOther, markOwn, ownedRun, waitLimit, type Owner, type SharedWork } from './shared-work.ts';
import { plainAnswer } from './plain-answer.ts';
import type { PhaseStats } from './phase-stats.ts';
import { executed, keep, notComputed, type Done } from './record-task.ts';
import type { RunState } from './run-state.ts';
import type { ThreadSlot } from './thread-work.ts';

/**
 * One task that asks the cache first; also the options that the cache gets, so that a hit makes no closures. Everything of its own is
 * private, because the cache refuses options that it does not know; and what it computes is a getter of the class, because V8 puts a getter
 * of an object literal into the old generation at once, with all that it holds.
 */
class Lookup implements TieredComputeOptions<CachedOutput> {
  readonly #run: RunState;
  readonly #work: Work;
  readonly #keyInput: KeyInput;
  readonly #slot: ThreadSlot;
  readonly #started: number;
  readonly #stats: PhaseStats;
  /** What this task itself computed, with what it took. */
  #mine: Done | undefined;
  /** This task's own computation, and the signal that ends it once nobody waits for it any more. */
  #running: { readonly done: Promise<unknown>; readonly signal: AbortSignal } | undefined;
  /** Where the value came from: a tier, or another caller. */
  #source = 'shared';
  #parts: KeyParts | undefined;
  #whole = true;
  /** Whose work this is, once it has begun: this task's, or that of whoever waited for it when this one left. */
  #owner: Owner | undefined;
  /** Whether the phase wants what was computed here to be kept. */
  #wanted: boolean | undefined;
  /** Whether what the cache had was refused by the schema of today. */
  #refused = false;

  constructor(run: RunState, work: Work, keyInput: KeyInput, slot: ThreadSlot, started: number, stats: PhaseStats) {
    this.#run = run;
    this.#work = work;
    this.#keyInput = keyInput;
    this.#slot = slot;
    this.#started = started;
    this.#stats = stats;
  }

  get ttl(): number | undefined {
    return (this.#work.phase.phase.definition.cache as PhaseCache<never>).ttl;
  }

  /** Asked for only where there is something to wait for. */
  get signal(): AbortSignal {
    return this.#run.abort.signal;
  }

  onSource(from: ValueSource): void {
    this.#source = typeof from === 'string' ? 'shared' : from.tier;
  }

  /** Makes a task's end of what the cache gave. */
  take(value: CachedOutput): Done | Promise<Done> {
    if (this.#mine !== undefined) return this.#mine;
    const held = heldOutput(this.#work.phase.phase, value);
    return held instanceof Promise ? held.then((late) => this.#hold(late)) : this.#hold(held);
  }

  #hold(value: CachedOutput | undefined): Done | Promise<Done> {
    if (value === undefined) return this.#remake();
    return notComputed(this.#run, this.#work, value, this.#source, this.#started, this.#stats);
  }

  /** Makes anew what the cache had, and does not fit any more. */
  async #remake(): Promise<Done> {
    const cache = this.#run.cache as TieredCache<CachedOutput>;
    const { key } = this.#work;
    const again = this.#refused;
    this.#refused = true;
    this.#source = 'shared';
    try {
      // Somebody with another schema keeps their own under this key: nobody's is worth more, so this one is done apart.
      if (again) return await this.take(await this.compute(this.signal));
      await cache.delete(key);
      return await this.take(await cache.getOrCompute(key, ({ signal }) => this.compute(signal), this));
    } catch (error) {
      await this.ended();
      throw error;
    }
  }

  compute(signal: AbortSignal): Promise<CachedOutput> {
    const computed = this.#compute(signal);
    this.#running = { done: computed, signal };
    return computed;
  }

  async #compute(signal: AbortSignal): Promise<CachedOutput> {
    const run = this.#run;
    const { phase, basis } = this.#work;
    this.#stats.misses += 1;
    this.#parts = run.keys.parts(phase, this.#keyInput);
    const reason = this.#refused
      ? 'the kept result does not satisfy the output schema any more'
      : run.fresh === undefined
        ? missReason(nearestDifference(this.#parts, run.keyMemory.of(run.compiled.pipeline.id, phase.id)))
        : 'asked for anew';
    run.hub.emit({ type: 'task-miss', task: basis.task, phase: phase.id, reason });
    this.#owner = { party: this };
    const result = await workResult(run, this.#work, this.#slot, signal, this.#started, ownedRun(this.#owner));
    const recorded = await asMade(run, this.#work);
    const asKeyed = recorded === this.#work;
    this.#whole = result.whole && asKeyed;
    const kept = keep(run, result, this.#started);
    noteChecked(phase.phase, kept.value);
    try {
      this.#mine = await executed(run, recorded, result, kept, this.#started, this.#stats);
    } catch (error) {
      markOwn(error);
      throw error;
    }
    const value = asKeyed ? kept.value : { ...kept.value, passing: true };
    // Here, since the cache takes what it is asked while it keeps a value for no reason to fail.
    this.#wanted = this.#isWanted(value);
    return value;
  }

  /** The run that waits. */
  get run(): RunState {
    return this.#run;
  }

  /** What it waits for. */
  get work(): Work {
    return this.#work;
  }

  /** Whether this task does the work itself. */
  get computes(): boolean {
    return this.#running !== undefined;
  }

  /** This task leaves: its work goes on for those who wait for it too, if there are any. */
  leave(shared: SharedWork): void {
    if (this.#owner !== undefined && this.#running?.signal.aborted !== true)
      shared.handOver(this.#work.key, this.#owner);
  }

  /** Waits for this task's own work, where it was aborted: "cancelled" is said when it has ended. What others wait for goes on, and is theirs. */
  async ended(): Promise<void> {
    if (this.#running?.signal.aborted === true) await this.#running.done.catch(() => undefined);
  }

  shouldCache(value: CachedOutput): boolean {
    const kept = this.#wanted ?? this.#isWanted(value);
    if (kept && this.#parts !== undefined)
      this.#run.keyMemory.add(this.#run.compiled.pipeline.id, this.#work.phase.id, this.#parts);
    return kept;
  }

  #isWanted(value: CachedOutput): boolean {
    const { phase } = this.#work;
    const { when } = phase.phase.definition.cache as PhaseCache<JsonValue>;
    const where = { phase: phase.id, task: this.#work.basis.task };
    return this.#whole && (when === undefined || plainAnswer(when(value.output), 'cache.when', where));
  }

  meta(): JsonObject {
    const { phase, basis } = this.#work;
    return { pipeline: this.#run.compiled.pipeline.id, phase: phase.id, task: basis.task, parts: this.#parts ?? {} };
  }
}

/** Takes a task's output from the cache, from whoever computes the same right now, or from its own work. At once where it is in memory. */
export function throughCache(
  run: RunState,
  work: Work,
  keyInput: KeyInput,
  slot: ThreadSlot,
  started: number,
  stats: PhaseStats,
): Done | Promise<Done> {
  const { key } = work;
  const cache = run.cache as TieredCache<CachedOutput>;
  run.useKey?.(key);
  const look = (): Lookup => new Lookup(run, work, keyInput, slot, started, stats);
  const lookup = look();
  if (run.fresh !== undefined) return anew(run.fresh, cache, key, lookup);
  const found = cache.getOrCompute(key, ({ signal }) => lookup.compute(signal), lookup);
  return found instanceof Promise ? shared(found, lookup, look) : lookup.take(found);
}

/** Waits for work that other runs may wait for too, and does it itself where theirs ended for what concerns them alone. */
async function shared(first: Promise<CachedOutput>, begun: Lookup, look: () => Lookup): Promise<Done> {
  const { run, work } = begun;
  const cache = run.cache as TieredCache<CachedOutput>;
  let lookup = begun;
  let found: CachedOutput | Promise<CachedOutput> = first;
  for (;;) {
    const leave = run.sharedWork.join(work.key, lookup);
    try {
      return await lookup.take(await withinLimit(found, lookup));
    } catch (error) {
      await lookup.ended();
      lookup.leave(run.sharedWork);
      if (lookup.computes || !concernsOther(error, lookup)) throw error;
    } finally {
      leave();
    }
    const again = (lookup = look());
    found = cache.getOrCompute(work.key, ({ signal }) => again.compute(signal), again);
  }
}

/** What another run does is waited for as long as this one would try itself; its own work has limits for each attempt. */
function withinLimit(
  found: CachedOutput | Promise<CachedOutput>,
  lookup: Lookup,
): CachedOutput | Promise<CachedOutput> {
  const limitMs = waitLimit(lookup);
  if (limitMs === undefined || !(found instanceof Promise)) return found;
  return new Promise((resolve, reject) => {
    const takeBack = lookup.run.deadlines.add(limitMs, () => {
      takeBack();
      const what = `Task \`${lookup.work.basis.task}\` waited longer than ${limitMs} ms for another run that does the same`;
      if (!lookup.computes) reject(new DOMException(what, 'TimeoutError'));
    });
    found.then(
      (value) => {
        takeBack();
        resolve(value);
      },
      (error: unknown) => {
        takeBack();
        reject(error);
      },
    );
  });
}

// Equal tasks of one run are still done once.
async function anew(
  done: Map<string, Promise<CachedOutput>>,
  cache: TieredCache<CachedOutput>,
  key: string,
  lookup: Lookup,
): Promise<Done> {
  let computed = done.get(key);
  if (computed === undefined) {
    computed = lookup.compute(lookup.signal).then(async (value) => {
      if (lookup.shouldCache(value)) await keepInCache(cache, key, value, { ttl: lookup.ttl, meta: lookup.meta() });
      return value;
    });
    done.set(key, computed);
  }
  return await lookup.take(await computed);
}
