import { AsyncResource } from 'node:async_hooks';

import { digest, type JsonValue } from '@orc/cache';

import { declaresFiles } from '../key/declared-files.ts';
import { isWanted, renderPrompt, type TaskBasis } from '../run/attempt.ts';
import type { CachedOutput } from '../run/cached-output.ts';
import type { CompiledPhase } from '../run/compiled.ts';
import type { Engine } from '../run/engine.ts';
import { executeWork } from '../run/execute-work.ts';
import type { Work, WorkResult } from '../run/work.ts';
import type { RunState } from '../run/run-state.ts';
import type { TaskOutcome } from '../run/task-store.ts';
import type { ThreadSlot } from '../run/thread-work.ts';

/** Work that was begun on an output that may turn out the same. */
interface Guess {
  readonly phase: CompiledPhase;
  readonly key: string;
  readonly startedAt: number;
  readonly controller: AbortController;
  /** Whether it has begun, and whether it has ended. */
  readonly state: { begun: boolean; done: boolean };
  /** Never rejects: `undefined` where the work failed or was given up. */
  readonly result: Promise<WorkResult | undefined>;
}

/** Below all real work, above running whole requests ahead. */
const priority = -1e8;

/**
 * While a phase is re-run, its dependants start on its last known output. Each guess is known by the key it would have: it counts when the
 * real key is the same, which is to say when everything it was made from is, and is thrown away otherwise. Nothing of it reaches journal,
 * cache or artifacts before that.
 *
 * Phases without `forEach` are followed, one step deep. `io` phases are never guessed: what they do outside can't be taken back.
 */
export class Speculation {
  readonly #engine: Engine;
  readonly #run: RunState;
  /** The async context of the run itself: work ahead is not part of the task that happens to begin it, and is not lent its slot. */
  readonly #beside: AsyncResource;
  readonly #guesses = new Map<string, Guess>();
  /** What has been begun and has not ended, guesses that were given up included. */
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #most: number;
  readonly #dependants = new Map<CompiledPhase, CompiledPhase[]>();

  /** For one run. */
  constructor(engine: Engine, run: RunState) {
    this.#engine = engine;
    this.#run = run;
    this.#beside = new AsyncResource('orc.speculation');
    // Half of the workers at most, so that real work always finds a free one soon.
    this.#most = Math.floor(run.strategy.workers / 2);
    for (const phase of run.compiled.phases) {
      for (const on of new Set(phase.needs.map((need) => need.phase))) {
        const known = this.#dependants.get(on);
        if (known === undefined) this.#dependants.set(on, [phase]);
        else known.push(phase);
      }
    }
  }

  /** A phase is being executed: its dependants may start on what it gave the last time. */
  started(phase: CompiledPhase): void {
    if (phase.depth > 0 || this.#guesses.size >= this.#most || this.#over) return;
    const dependants = (this.#dependants.get(phase) ?? []).filter((other) => this.#mayGuess(other, phase));
    if (dependants.length === 0) return;
    this.#watch(this.#guessAll(dependants, phase));
  }

  async #guessAll(dependants: readonly CompiledPhase[], on: CompiledPhase): Promise<void> {
    const { signal } = this.#closing;
    const entry = await this.#run.cache?.getEntry(this.#lastName(on), { signal });
    if (entry === undefined) return;
    for (const dependant of dependants) await this.#guess(dependant, on, entry.value);
  }

  /** A phase has its output: it is remembered for the next run, and guesses on another output are given up. */
  settled(phase: CompiledPhase, outcome: TaskOutcome): void {
    if (phase.depth > 0 || outcome.status !== 'fulfilled') return;
    for (const guess of this.#guesses.values()) {
      if (!guess.phase.needs.some((need) => need.phase === phase)) continue;
      if (this.#realKey(guess.phase) === guess.key) continue;
      this.#giveUp(guess);
    }
    this.#watch(this.#remember(phase, outcome));
  }

  async #remember(phase: CompiledPhase, outcome: TaskOutcome): Promise<void> {
    const { cache, clock, abort } = this.#run;
    const name = this.#lastName(phase);
    const at = Math.round(clock.now());
    const before = await cache?.getEntry(name);
    if (before?.value.digest === outcome.digest || abort.aborted) return;
    const value: CachedOutput = { output: outcome.output as JsonValue, digest: outcome.digest, at, durationMs: 0 };
    await cache?.set(name, value, { meta: { last: true } });
  }

  /** Work that nobody awaits where it begins: `close` does. What fails in it is a guess less, and nothing else. */
  #watch(work: Promise<void>): void {
    const ended = work.catch(() => undefined).then(() => void this.#underWay.delete(ended));
    this.#underWay.add(ended);
  }

  /** The result of a guess with exactly this key, as soon as it is there. */
  async take(key: string, started: number): Promise<WorkResult | undefined> {
    const guess = this.#guesses.get(key);
    if (guess === undefined) return undefined;
    // What waits for a slot itself must not be waited for: the one who asks holds a slot. A thread's turn can't be seen from here.
    if (guess.phase.phase.kind === 'cpu' ? !guess.state.done : !guess.state.begun) {
      this.#giveUp(guess);
      return undefined;
    }
    this.#guesses.delete(key);
    const result = await guess.result;
    this.#end(
      guess,
      result !== undefined,
      result === undefined ? 0 : Math.max(0, Math.min(started, this.#run.clock.now()) - guess.startedAt),
    );
    return result;
  }

  /** Gives up what is left. Resolves when nothing of it is under way any more: no guess, no read and no write of the cache. */
  async close(): Promise<void> {
    this.#closing.abort(new DOMException('The run has ended', 'AbortError'));
    for (const guess of this.#guesses.values()) this.#giveUp(guess);
    await Promise.all(this.#underWay);
  }

  /** Whether nothing more is to begin. */
  get #over(): boolean {
    return this.#closing.signal.aborted || this.#run.abort.aborted;
  }

  #mayGuess(dependant: CompiledPhase, on: CompiledPhase): boolean {
    const { kind } = dependant.phase;
    if (dependant.depth > 0 || kind === 'io' || declaresFiles(dependant.phase)) return false;
    const model = this.#run.modelOf(dependant);
    if (model !== undefined && model.capabilities.priced !== false && !this.#engine.options.speculatePriced)
      return false;
    return dependant.needs.every((need) => need.phase === on || this.#knows(need.phase));
  }

  #knows(phase: CompiledPhase): boolean {
    const paths = this.#run.store.paths(phase);
    return paths !== undefined && paths.every((path) => this.#run.store.get(phase, path) !== undefined);
  }

  async #guess(phase: CompiledPhase, on: CompiledPhase, last: CachedOutput): Promise<void> {
    const run = this.#run;
    // The real output may be there by now.
    if (this.#over || run.store.get(on, '') !== undefined || this.#guesses.size >= this.#most) return;
    const work = this.#workOf(phase, {
      on,
      outcome: { status: 'fulfilled', output: last.output, digest: last.digest },
    });
    if (work === undefined || this.#guesses.has(work.key)) return;
    if (
      phase.phase.definition.cache !== false &&
      run.fresh === undefined &&
      (await run.cache?.getEntry(work.key)) !== undefined
    )
      return;
    if (this.#over || run.store.get(on, '') !== undefined || this.#guesses.has(work.key)) return;
    const controller = new AbortController();
    const cancelled = (): void => controller.abort(run.abort.reason);
    run.abort.signal.addEventListener('abort', cancelled, { once: true });
    run.hub.emit({ type: 'speculation-start', task: phase.id, phase: phase.id });
    const state = { begun: false, done: false };
    const result = this.#execute(work, controller.signal, () => {
      state.begun = true;
    })
      .catch(() => undefined)
      .finally(() => {
        state.done = true;
        run.abort.signal.removeEventListener('abort', cancelled);
      });
    this.#watch(result.then(() => undefined));
    this.#guesses.set(work.key, { phase, key: work.key, startedAt: run.clock.now(), controller, state, result });
  }

  async #execute(work: Work, signal: AbortSignal, begin: () => void): Promise<WorkResult> {
    const { scheduler } = this.#engine;
    const { hub } = this.#run;
    const quiet = {
      ...this.#run,
      remote: undefined,
      // Calls are told, because they are paid for; what the task says of itself waits until it counts.
      hub: {
        wantsDeltas: false,
        emit: (event: Parameters<typeof hub.emit>[0]) => {
          if (event.type === 'model-start' || event.type === 'model-end') hub.emit(event);
        },
      },
    };
    const slot: ThreadSlot = {
      thread: async (task, input, { timeoutMs }) => ({
        value: await this.#beside.runInAsyncScope(() =>
          scheduler.submit({ task: task, input: input as never }, { priority, signal, timeoutMs }),
        ),
      }),
    };
    const { kind } = work.phase.phase;
    if (kind === 'cpu') return executeWork(quiet, work, slot, signal);
    const begun = (): Promise<WorkResult> => {
      begin();
      return executeWork(quiet, work, slot, signal);
    };
    const lane = kind === 'compute' ? 'compute' : 'io';
    return this.#beside.runInAsyncScope(() => scheduler.submit(begun, { lane, priority, signal }));
  }

  #realKey(phase: CompiledPhase): string | undefined {
    return this.#workOf(phase)?.key;
  }

  // What the dependant's functions throw they will throw in its real execution too; here it only means: no guess.
  #workOf(
    phase: CompiledPhase,
    assumed?: { readonly on: CompiledPhase; readonly outcome: TaskOutcome },
  ): Work | undefined {
    const { store, keys, request } = this.#run;
    const { definition } = phase.phase;
    try {
      const inputs = store.inputs(phase, '', assumed);
      if (inputs === undefined) return undefined;
      const basis: TaskBasis = {
        phase: phase.phase,
        task: phase.id,
        inputs: inputs.values,
        item: undefined,
        key: '',
        view: this.#run.view(phase),
        request,
        env: this.#run.envOf(phase),
      };
      if (!isWanted(basis)) return undefined;
      const prompt = renderPrompt(basis, definition.loop === undefined ? undefined : { round: 1 });
      return { phase, basis, prompt, key: keys.key(phase, { path: '', item: undefined, inputs, prompt }) };
    } catch {
      return undefined;
    }
  }

  #giveUp(guess: Guess): void {
    this.#guesses.delete(guess.key);
    guess.controller.abort(new DOMException('The output that it was based on has changed', 'AbortError'));
    this.#end(guess, false, 0);
  }

  #end(guess: Guess, kept: boolean, savedMs: number): void {
    this.#run.hub.emit({ type: 'speculation-end', task: guess.phase.id, phase: guess.phase.id, kept, savedMs });
  }

  #lastName(phase: CompiledPhase): string {
    const { request, compiled, scope = null } = this.#run;
    const { text, seed, words = null, input = null, options = {} } = request;
    return digest('orc.last/2', compiled.pipeline.id, phase.id, scope, text, seed, words, input, options);
  }
}
