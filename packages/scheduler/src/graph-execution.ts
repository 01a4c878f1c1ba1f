import { AbortRegistry, type Abortable } from './abort-registry.ts';
import { CallerContext } from './caller-context.ts';
import { promiseOf } from './child-promise.ts';
import { systemClock } from './clock.ts';
import { availableCores } from './cores.ts';
import { SchedulerError } from './errors.ts';
import { GraphFeed } from './graph-event.ts';
import { GraphLedger } from './graph-ledger.ts';
import type { Graph, GraphNodeDefinition } from './graph.ts';
import { Lanes } from './lanes.ts';
import { NestedRun } from './nested-run.ts';
import type { NodeRun } from './node-run.ts';
import type { NodeState } from './node-state.ts';
import type { GraphResult, NodeOutcome } from './outcome.ts';
import type { FailureMode, RunGraphOptions } from './run-options.ts';
import { RunFate } from './run-fate.ts';
import { RunningNodes } from './running-nodes.ts';
import type { AttemptHost } from './running-nodes.ts';
import type { HeldRun, SchedulerCore } from './scheduler-core.ts';
import { coreOf } from './scheduler.ts';
import { SlotHolder } from './slot-holder.ts';
import { SlotQueue } from './slot-queue.ts';
import type { Seat } from './slot-queue.ts';

/** The options that this file needs with their defaults filled in. */
export interface ExecutionOptions extends RunGraphOptions {
  readonly failureMode: FailureMode;
  readonly gracePeriodMs: number;
}

/** For runs without a scheduler: their signals too carry one listener, however many runs share one. */
const unscheduledAborts = new AbortRegistry();

interface Settlement {
  readonly state: NodeState;
  readonly outcome: NodeOutcome;
}

/** One run of a graph, from its beginning to its last outcome. */
export class GraphExecution implements AttemptHost, Abortable, HeldRun {
  readonly result: Promise<GraphResult>;
  readonly feed: GraphFeed;
  readonly core: SchedulerCore | undefined;
  /** Stands between the nodes and what the run was started in, if anything. */
  readonly outer: NestedRun | undefined;
  readonly #options: ExecutionOptions;
  readonly #ledger: GraphLedger;
  readonly #ready: SlotQueue;
  readonly #running: RunningNodes;
  readonly #fate: RunFate;
  /** Whose run it is. Nodes run in that, whoever's turn it is in which one becomes ready or gets its slot. */
  readonly #context: CallerContext = new CallerContext();
  readonly #outcomes: Map<string, NodeOutcome> = new Map<string, NodeOutcome>();
  readonly #settling: Settlement[] = [];
  readonly #unslotted: NodeState[] = [];
  #resolve!: (result: GraphResult) => void;
  #unhold: (() => void) | undefined;
  #open = 0;
  #busy = false;
  /** Something has become possible since the last look. */
  #dirty = false;
  #begun = false;
  #ended = false;

  constructor(graph: Graph, options: ExecutionOptions) {
    this.#options = options;
    this.feed = new GraphFeed(options.onEvent);
    const core = options.scheduler === undefined ? undefined : coreOf(options.scheduler);
    this.core = core;
    this.outer = NestedRun.in(core?.nesting?.current);
    const own = options.concurrency ?? availableCores() * 2;
    const lanes = core?.lanes ?? new Lanes(own, own);
    this.#fate = new RunFate(options.failureMode);
    this.#ready = new SlotQueue(
      lanes,
      this.outer,
      options.concurrency ?? Infinity,
      (state, seat) => this.#seated(state, seat),
      () => this.#ledger.settleRanks(),
    );
    this.#running = new RunningNodes(this, {
      execute: options.execute,
      retry: options.retry,
      gracePeriodMs: options.gracePeriodMs,
      clock: options.clock ?? core?.clock ?? systemClock,
      random: options.random ?? core?.random ?? Math.random,
    });
    this.#ledger = new GraphLedger(graph, (state) => this.#raised(state));
    this.#open = graph.nodes.length;
    const fromRunning = SlotHolder.hostIn(lanes, this.outer) !== undefined;
    this.#unhold = core?.hold(this, fromRunning);
    this.result = promiseOf(this.outer, (resolve) => {
      this.#resolve = resolve;
    });
    const { signal } = options;
    if (signal?.aborted === true) this.cancel(signal.reason);
    else if (signal !== undefined) this.#aborts.add(signal, this);
    queueMicrotask(() => this.#begin());
  }

  find(id: string): NodeState | undefined {
    return this.#ledger.find(id);
  }

  add(definitions: readonly GraphNodeDefinition[]): void {
    this.#refuseEnded();
    const states = this.#ledger.add(definitions);
    this.#open += states.length;
    if (this.feed.watched) for (const { node } of states) this.feed.emit({ type: 'node-add', node });
    for (const state of states) this.#place(state);
    this.#advanceAsCaller();
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
    this.#advanceAsCaller();
  }

  countSlot(change: 1 | -1): void {
    this.#ready.count(change);
    this.#advanceAsCaller();
  }

  cancel(reason: unknown = new DOMException('The run was cancelled', 'AbortError')): void {
    if (this.#fate.cancelled || this.#ended) return;
    this.#stopWaiting(this.#fate.cancel(reason));
    this.#running.abort(reason);
    if (this.#begun) this.#advanceAsCaller();
  }

  abort(reason: unknown): void {
    this.cancel(reason);
  }

  resized(): void {
    this.#advanceAsCaller();
  }

  get mayRetry(): boolean {
    return this.#fate.mayRetry;
  }

  started(state: NodeState): void {
    if (this.feed.watched) this.feed.emit({ type: 'node-start', node: state.node, attempt: state.attempt });
  }

  ended(run: NodeRun, outcome: NodeOutcome | undefined): void {
    if (run.holds) this.#ready.count(-1);
    if (outcome !== undefined) this.#settle(run.state, outcome);
    this.#advance();
  }

  again(state: NodeState): void {
    this.#makeReady(state);
    this.#advanceAsCaller();
  }

  get #aborts(): AbortRegistry {
    return this.core?.aborts ?? unscheduledAborts;
  }

  #begin(): void {
    this.#begun = true;
    for (const state of this.#ledger.states) this.#place(state);
    this.#advance();
  }

  /** Finds out what a new node waits for. */
  #place(state: NodeState): void {
    if (state.phase !== 'waiting' || state.outcome !== undefined) return;
    const { barred } = this.#fate;
    if (barred !== undefined) {
      this.#settle(state, barred);
      return;
    }
    for (const { id, optional } of state.needs) {
      const outcome = this.#ledger.find(id)?.outcome;
      if (outcome !== undefined && outcome.status !== 'fulfilled' && !optional) state.unmet = true;
    }
    if (state.remaining === 0) this.#decide(state);
  }

  /** All needs of a node have settled: it is ready, or skipped. */
  #decide(state: NodeState): void {
    if (!state.unmet) {
      if (this.#fate.barred === undefined) this.#makeReady(state);
      return;
    }
    const outcome = this.#ledger.skipOf(state);
    if (outcome !== undefined) this.#settle(state, outcome);
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

  /** The slot of a node has come: asked for a moment ago, or in the turn of somebody else. */
  #seated(state: NodeState, seat: Seat): void {
    if (seat.waited) this.#context.runInAsyncScope(() => this.#running.start(state, seat));
    else this.#running.start(state, seat);
  }

  /** Advances for one who may be anybody: a node, a timer, another run's caller. Where an attempt of this run ended it is the caller already. */
  #advanceAsCaller(): void {
    this.#context.runInAsyncScope(() => this.#advance());
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
          if (state.phase === 'ready') this.#running.start(state, undefined);
        }
        this.#ready.request();
      } while (this.#dirty);
    } finally {
      this.#busy = false;
    }
    if (this.#open === 0) this.#end();
    else if (this.#running.none && this.#ready.size === 0) {
      this.#stalled();
    }
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
      if (this.feed.watched) this.feed.emit({ type: 'node-end', node: state.node, outcome });
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
    const barred = this.#fate.fail(state.node.id);
    if (barred === undefined) return;
    this.#stopWaiting(barred);
    if (this.#options.failureMode === 'kill') this.#running.abort(error);
  }

  #stopWaiting(outcome: NodeOutcome): void {
    this.#running.stopRetries();
    for (const state of this.#ledger.states)
      if (state.phase === 'waiting' || state.phase === 'ready') this.#settle(state, outcome);
  }

  /** Nothing runs and nothing can: what is left waits for nodes that nobody added. */
  #stalled(): void {
    for (const [state, error] of this.#ledger.neverMet()) this.#settle(state, { status: 'failed', error });
    if (this.#settling.length > 0) this.#advance();
  }

  #end(): void {
    this.#ended = true;
    this.#ready.close();
    const { signal } = this.#options;
    if (signal !== undefined) this.#aborts.remove(signal, this);
    const { status } = this.#fate;
    if (this.feed.watched) this.feed.emit({ type: 'run-end', status });
    this.feed.stream.end();
    this.outer?.retire();
    this.#unhold?.();
    this.#unhold = undefined;
    this.#resolve({ outcomes: this.#outcomes, status });
  }

  #refuseEnded(): void {
    if (this.#ended) throw new SchedulerError('ERR_SCHEDULER_GRAPH_STATE', 'Expected the run to go on, it has ended');
  }
}
