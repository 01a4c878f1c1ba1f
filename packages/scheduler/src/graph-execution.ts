import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { availableCores } from './cores.ts';
import { SchedulerError } from './errors.ts';
import { EventStream } from './event-stream.ts';
import type { GraphEvent } from './graph-event.ts';
import { GraphLedger, neverAddedError } from './graph-ledger.ts';
import type { Graph, GraphNodeDefinition } from './graph.ts';
import { Lanes } from './lanes.ts';
import { NodeRun } from './node-run.ts';
import type { RunAccess } from './node-run.ts';
import type { NodeState } from './node-state.ts';
import { isSkip } from './outcome.ts';
import type { GraphResult, NodeOutcome } from './outcome.ts';
import { nextAttemptIn } from './retry.ts';
import type { RunGraphOptions } from './run-options.ts';
import type { SchedulerCore } from './scheduler-core.ts';
import { coreOf } from './scheduler.ts';
import { SlotQueue } from './slot-queue.ts';
import { tell } from './tell.ts';

interface Settlement {
  readonly state: NodeState;
  readonly outcome: NodeOutcome;
}

/** One run of a graph, from its beginning to its last outcome. */
export class GraphExecution implements RunAccess {
  readonly result: Promise<GraphResult>;
  readonly events: EventStream<GraphEvent> = new EventStream<GraphEvent>();
  readonly lanes: Lanes;
  readonly core: SchedulerCore | undefined;
  readonly #options: RunGraphOptions & { readonly gracePeriodMs: number };
  readonly #ledger: GraphLedger;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #ready: SlotQueue;
  readonly #running: Set<NodeRun> = new Set<NodeRun>();
  readonly #outcomes: Map<string, NodeOutcome> = new Map<string, NodeOutcome>();
  readonly #settling: Settlement[] = [];
  readonly #unslotted: NodeState[] = [];
  readonly #backoffs: Map<NodeState, unknown> = new Map<NodeState, unknown>();
  readonly #onAbort: () => void;
  #resolve!: (result: GraphResult) => void;
  #unhold: (() => void) | undefined;
  #open = 0;
  #busy = false;
  /** Something has become possible since the last look. */
  #dirty = false;
  #begun = false;
  #failed = false;
  #ended = false;
  /** The node whose failure keeps everything else from starting. */
  #stopper: string | undefined;
  #cancelled = false;
  #reason: unknown;

  constructor(graph: Graph, options: RunGraphOptions & { readonly gracePeriodMs: number }) {
    this.#options = options;
    this.core = options.scheduler === undefined ? undefined : coreOf(options.scheduler);
    const own = options.concurrency ?? availableCores() * 2;
    this.lanes = this.core?.lanes ?? new Lanes(own, own);
    const limit = Math.min(options.concurrency ?? Infinity, this.lanes.limit);
    this.#ready = new SlotQueue(this.lanes, limit, (state) => this.#start(state, true));
    this.#clock = options.clock ?? this.core?.clock ?? systemClock;
    this.#random = options.random ?? this.core?.random ?? Math.random;
    this.#ledger = new GraphLedger(graph, (state) => this.#raised(state));
    this.#open = graph.nodes.length;
    this.#unhold = this.core?.hold((reason) => this.cancel(reason));
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { signal } = options;
    // A function assigned straight to a property is allocated in the old generation by V8, and would keep the whole run until a full collection.
    const onAbort = (): void => this.cancel((signal as AbortSignal).reason);
    this.#onAbort = onAbort;
    if (signal?.aborted === true) this.cancel(signal.reason);
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
    queueMicrotask(() => this.#begin());
  }

  find(id: string): NodeState | undefined {
    return this.#ledger.find(id);
  }

  add(definitions: readonly GraphNodeDefinition[]): void {
    this.#refuseEnded();
    const states = this.#ledger.add(definitions);
    this.#open += states.length;
    if (this.#watched) for (const { node } of states) this.#emit({ type: 'node-add', node });
    for (const state of states) this.#place(state);
    this.#advance();
  }

  addNeed(nodeId: string, needId: string, optional: boolean): void {
    this.#refuseEnded();
    const state = this.#ledger.find(nodeId);
    if (state === undefined || state.attempt > 0 || state.phase === 'done') {
      const what = state === undefined ? 'is not known' : 'has started';
      throw new SchedulerError('ERR_SCHEDULER_GRAPH_STATE', `Expected \`${nodeId}\` to wait still, it ${what}`);
    }
    const need = this.#ledger.addNeed(state, needId, optional);
    if (need?.phase === 'done') {
      if (need.outcome?.status !== 'fulfilled' && !optional) state.unmet = true;
      if (state.unmet && state.remaining === 0) this.#decide(state);
    } else if (state.phase === 'ready') {
      state.phase = 'waiting';
      if (state.node.lane !== 'none') this.#ready.drop(state);
    }
    this.#advance();
  }

  countSlot(change: 1 | -1): void {
    this.#ready.count(change);
    this.#advance();
  }

  cancel(reason: unknown = new DOMException('The run was cancelled', 'AbortError')): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    this.#reason = reason;
    this.#stopWaiting({ status: 'cancelled', reason });
    for (const run of this.#running) this.#abort(run, reason);
    if (this.#begun) this.#advance();
  }

  get #watched(): boolean {
    return this.#options.onEvent !== undefined || this.events.watched;
  }

  #begin(): void {
    this.#begun = true;
    for (const state of this.#ledger.states) this.#place(state);
    this.#advance();
  }

  /** Finds out what a new node waits for. */
  #place(state: NodeState): void {
    if (state.phase !== 'waiting' || state.outcome !== undefined) return;
    if (this.#cancelled) {
      this.#settle(state, { status: 'cancelled', reason: this.#reason });
      return;
    }
    if (this.#stopper !== undefined) {
      this.#settle(state, { status: 'skipped', reason: 'run-failed', cause: this.#stopper });
      return;
    }
    for (const { id, optional } of state.needs) {
      const outcome = this.#ledger.find(id)?.outcome;
      if (outcome !== undefined && outcome.status !== 'fulfilled' && !optional) state.unmet = true;
    }
    if (state.remaining === 0) this.#decide(state);
  }

  /**
   * All needs of a node have settled: it is ready, or skipped because of the first of them, in the order of its definition,
   * that has no value. Not the first in time: the outcome must not depend on who was faster.
   */
  #decide(state: NodeState): void {
    if (!state.unmet) {
      if (this.#stopper === undefined && !this.#cancelled) this.#makeReady(state);
      return;
    }
    for (const { id, optional } of state.needs) {
      const need = this.#ledger.find(id);
      const outcome = need?.outcome;
      if (need === undefined || outcome === undefined || outcome.status === 'fulfilled' || optional) continue;
      this.#settle(state, skippedBy(need, outcome));
      return;
    }
  }

  #makeReady(state: NodeState): void {
    state.phase = 'ready';
    this.#dirty = true;
    if (state.node.lane === 'none') this.#unslotted.push(state);
    else this.#ready.push(state);
  }

  #raised(state: NodeState): void {
    if (state.node.lane !== 'none') this.#ready.raise(state);
  }

  /** Does everything that can be done now. A loop, not a recursion: chains of any length settle in it. */
  #advance(): void {
    if (this.#busy || !this.#begun || this.#ended) return;
    this.#busy = true;
    try {
      do {
        this.#dirty = false;
        this.#settleAll();
        for (let state = this.#unslotted.pop(); state !== undefined; state = this.#unslotted.pop()) {
          if (state.phase === 'ready') this.#start(state, false);
        }
        this.#ready.request();
      } while (this.#dirty);
    } finally {
      this.#busy = false;
    }
    if (this.#open === 0) this.#end();
    else if (this.#running.size === 0 && this.#backoffs.size === 0 && this.#ready.size === 0) {
      this.#stalled();
    }
  }

  #start(state: NodeState, holdsSlot: boolean): void {
    state.phase = 'running';
    state.attempt += 1;
    const run = new NodeRun(this, state, holdsSlot);
    this.#running.add(run);
    if (this.#watched) this.#emit({ type: 'node-start', node: state.node, attempt: state.attempt });
    let result: unknown;
    try {
      result = this.#options.execute(state.node, run);
    } catch (error) {
      result = Promise.reject(error);
    }
    Promise.resolve(result).then(
      (value) => this.#fulfilled(run, value),
      (error: unknown) => this.#rejected(run, error),
    );
  }

  /** Says whether the run still waited for this node. */
  #stopped(run: NodeRun): boolean {
    if (run.over) return false;
    if (run.grace !== undefined) this.#clock.clearTimeout(run.grace);
    this.#running.delete(run);
    if (run.holds) this.#ready.count(-1);
    return true;
  }

  #goOn(run: NodeRun): void {
    // The followers take their place in line before the slot is free: whoever goes first is then decided among all.
    this.#advance();
    run.end();
  }

  #fulfilled(run: NodeRun, value: unknown): void {
    if (!this.#stopped(run)) return;
    const outcome: NodeOutcome = isSkip(value)
      ? { status: 'skipped', reason: value.reason, cause: run.node.id }
      : { status: 'fulfilled', value };
    this.#settle(run.state, outcome);
    this.#goOn(run);
  }

  #rejected(run: NodeRun, error: unknown): void {
    if (!this.#stopped(run)) return;
    if (run.aborted) this.#settle(run.state, { status: 'cancelled', reason: run.reason });
    else this.#failedAttempt(run, error);
    this.#goOn(run);
  }

  #failedAttempt(run: NodeRun, error: unknown): void {
    let failure = error;
    let wait: number | undefined;
    try {
      if (this.#stopper === undefined) wait = nextAttemptIn(this.#options.retry, run.attempt, error, this.#random);
    } catch (thrown) {
      failure = thrown;
    }
    if (wait === undefined) this.#settle(run.state, { status: 'failed', error: failure });
    else this.#again(run.state, wait);
  }

  #again(state: NodeState, wait: number): void {
    state.phase = 'waiting';
    const timer = this.#clock.setTimeout(() => {
      this.#backoffs.delete(state);
      this.#makeReady(state);
      this.#advance();
    }, wait);
    this.#backoffs.set(state, timer);
  }

  #settle(state: NodeState, outcome: NodeOutcome): void {
    this.#dirty = true;
    this.#settling.push({ state, outcome });
  }

  #settleAll(): void {
    for (let at = 0; at < this.#settling.length; at += 1) {
      const { state, outcome } = this.#settling[at] as Settlement;
      if (state.phase === 'done') continue;
      if (state.phase === 'ready' && state.node.lane !== 'none') this.#ready.drop(state);
      state.phase = 'done';
      state.outcome = outcome;
      this.#outcomes.set(state.node.id, outcome);
      this.#open -= 1;
      if (this.#watched) this.#emit({ type: 'node-end', node: state.node, outcome });
      this.#release(state, outcome);
      if (outcome.status === 'failed') this.#fail(state, outcome.error);
    }
    this.#settling.length = 0;
  }

  #release(state: NodeState, outcome: NodeOutcome): void {
    for (const { to, optional } of state.dependants) {
      to.remaining -= 1;
      if (outcome.status !== 'fulfilled' && !optional) to.unmet = true;
      if (to.remaining === 0 && to.phase === 'waiting') this.#decide(to);
    }
  }

  #fail(state: NodeState, error: unknown): void {
    this.#failed = true;
    const { failureMode } = this.#options;
    if (failureMode === 'continue' || this.#stopper !== undefined || this.#cancelled) return;
    this.#stopper = state.node.id;
    this.#stopWaiting({ status: 'skipped', reason: 'run-failed', cause: state.node.id });
    if (failureMode === 'kill') for (const run of this.#running) this.#abort(run, error);
  }

  #stopWaiting(outcome: NodeOutcome): void {
    for (const timer of this.#backoffs.values()) this.#clock.clearTimeout(timer);
    this.#backoffs.clear();
    for (const state of this.#ledger.states)
      if (state.phase === 'waiting' || state.phase === 'ready') this.#settle(state, outcome);
  }

  #abort(run: NodeRun, reason: unknown): void {
    if (run.aborted) return;
    run.grace = this.#clock.setTimeout(() => {
      if (!this.#stopped(run)) return;
      this.#settle(run.state, { status: 'cancelled', reason });
      this.#goOn(run);
    }, this.#options.gracePeriodMs);
    run.abort(reason);
  }

  /** Nothing runs and nothing can: what is left waits for nodes that nobody added. */
  #stalled(): void {
    for (const state of this.#ledger.states) {
      if (state.phase !== 'waiting' || state.needs.every((need) => this.#ledger.find(need.id) !== undefined)) continue;
      this.#settle(state, {
        status: 'failed',
        error: neverAddedError(state, (id) => this.#ledger.find(id) !== undefined),
      });
    }
    if (this.#settling.length > 0) this.#advance();
  }

  #end(): void {
    this.#ended = true;
    this.#ready.close();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    const status = this.#cancelled ? 'cancelled' : this.#failed ? 'failed' : 'succeeded';
    if (this.#watched) this.#emit({ type: 'run-end', status });
    this.events.end();
    this.#unhold?.();
    this.#unhold = undefined;
    this.#resolve({ outcomes: this.#outcomes, status });
  }

  #emit(event: GraphEvent): void {
    const { onEvent } = this.#options;
    if (onEvent !== undefined) tell(onEvent, event);
    this.events.push(event);
  }

  #refuseEnded(): void {
    if (this.#ended) throw new SchedulerError('ERR_SCHEDULER_GRAPH_STATE', 'Expected the run to go on, it has ended');
  }
}

function skippedBy(need: NodeState, outcome: NodeOutcome): NodeOutcome {
  const cause = outcome.status === 'skipped' ? outcome.cause : need.node.id;
  return { status: 'skipped', reason: `need-${outcome.status}`, cause };
}
