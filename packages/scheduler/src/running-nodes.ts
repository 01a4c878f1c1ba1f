import type { Clock } from './clock.ts';
import { NodeRun } from './node-run.ts';
import type { RunAccess } from './node-run.ts';
import type { NodeState } from './node-state.ts';
import { isSkip } from './outcome.ts';
import type { NodeOutcome } from './outcome.ts';
import { nextAttemptIn } from './retry.ts';
import type { RunGraphOptions } from './run-options.ts';
import type { SlotHolder } from './slot-holder.ts';
import type { Seat } from './slot-queue.ts';

/** What the attempts of nodes need of their run. */
export interface AttemptHost extends RunAccess {
  /** Whether a failed attempt may be followed by another. */
  readonly mayRetry: boolean;
  /** What the run was started in. */
  readonly outer: SlotHolder | undefined;
  /** An attempt begins. */
  started(state: NodeState): void;
  /** A node has ended, or `undefined`: it will be tried again. */
  ended(run: NodeRun, outcome: NodeOutcome | undefined): void;
  /** A node may be tried again now. */
  again(state: NodeState): void;
}

/** Options of a run that concern the attempts of its nodes. */
export interface AttemptOptions extends Pick<RunGraphOptions, 'execute' | 'retry'> {
  readonly gracePeriodMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The attempts of a run's nodes: those in progress, and those that wait for their time. */
export class RunningNodes {
  readonly #host: AttemptHost;
  readonly #options: AttemptOptions;
  readonly #running: Set<NodeRun> = new Set<NodeRun>();
  readonly #backoffs: Map<NodeState, unknown> = new Map<NodeState, unknown>();

  constructor(host: AttemptHost, options: AttemptOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Whether nothing runs and nothing waits for another attempt. */
  get none(): boolean {
    return this.#running.size === 0 && this.#backoffs.size === 0;
  }

  /** Starts an attempt, on the slot of `seat`. */
  start(state: NodeState, seat: Seat | undefined): void {
    state.phase = 'running';
    state.attempt += 1;
    const run = new NodeRun(this.#host, state, seat);
    this.#running.add(run);
    this.#host.started(state);
    let result: unknown;
    try {
      result = this.#execute(run, seat);
    } catch (error) {
      result = Promise.reject(error);
    }
    Promise.resolve(result).then(
      (value) => this.#fulfilled(run, value),
      (error: unknown) => this.#rejected(run, error),
    );
  }

  /** Asks everything that runs to end; what has not after the grace period is given up. */
  abort(reason: unknown): void {
    for (const run of this.#running) this.#abort(run, reason);
  }

  /** No node is tried again. */
  stopRetries(): void {
    for (const timer of this.#backoffs.values()) this.#options.clock.clearTimeout(timer);
    this.#backoffs.clear();
  }

  #execute(run: NodeRun, seat: Seat | undefined): unknown {
    const { execute } = this.#options;
    const { core, outer } = this.#host;
    // Without a scheduler, nobody but the run itself asks for its slots, and adding nodes never waits.
    if (core?.nesting === undefined) return execute(run.node, run);
    return core.nesting.run(seat ?? outer, () => execute(run.node, run), undefined);
  }

  #fulfilled(run: NodeRun, value: unknown): void {
    this.#end(
      run,
      isSkip(value) ? { status: 'skipped', reason: value.reason, cause: run.node.id } : { status: 'fulfilled', value },
    );
  }

  #rejected(run: NodeRun, error: unknown): void {
    if (run.over) return;
    this.#end(run, run.aborted ? { status: 'cancelled', reason: run.reason } : this.#failed(run, error));
  }

  #end(run: NodeRun, outcome: NodeOutcome | undefined): void {
    if (run.over) return;
    if (run.grace !== undefined) this.#options.clock.clearTimeout(run.grace);
    this.#running.delete(run);
    // The followers take their place in line before the slot is free: whoever goes first is then decided among all.
    this.#host.ended(run, outcome);
    run.end();
  }

  /** The outcome of a failed attempt, unless there will be another. */
  #failed(run: NodeRun, error: unknown): NodeOutcome | undefined {
    const { retry, random } = this.#options;
    let wait: number | undefined;
    try {
      if (this.#host.mayRetry) wait = nextAttemptIn(retry, run.attempt, error, random);
    } catch (thrown) {
      return { status: 'failed', error: thrown };
    }
    if (wait === undefined) return { status: 'failed', error };
    this.#wait(run.state, wait);
    return undefined;
  }

  #wait(state: NodeState, wait: number): void {
    state.phase = 'waiting';
    const timer = this.#options.clock.setTimeout(() => {
      this.#backoffs.delete(state);
      this.#host.again(state);
    }, wait);
    this.#backoffs.set(state, timer);
  }

  #abort(run: NodeRun, reason: unknown): void {
    if (run.aborted) return;
    const { clock, gracePeriodMs } = this.#options;
    run.grace = clock.setTimeout(() => this.#end(run, { status: 'cancelled', reason }), gracePeriodMs);
    run.abort(reason);
  }
}
