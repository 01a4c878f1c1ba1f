import type { Abortable } from './abort-registry.ts';
import { SchedulerError } from './errors.ts';
import { knownMembers } from './expected.ts';
import type { GraphNode, GraphNodeDefinition } from './graph.ts';
import type { NodeState } from './node-state.ts';
import type { NodeContext, NodeThreadOptions } from './run-options.ts';
import type { SchedulerCore } from './scheduler-core.ts';
import type { Seat } from './slot-queue.ts';
import type { TaskHandle } from './task.ts';
import type { ThreadResult } from './thread-call.ts';
import type { ThreadRun } from './thread-run.ts';

const threadNames: ReadonlySet<string> = new Set<keyof NodeThreadOptions>([
  'signal',
  'timeoutMs',
  'transfer',
  'onProgress',
]);
const addNeedNames: ReadonlySet<string> = new Set(['optional']);

/** What a node's context needs of its run. */
export interface RunAccess {
  readonly core: SchedulerCore | undefined;
  find(id: string): NodeState | undefined;
  add(nodes: readonly GraphNodeDefinition[]): void;
  addNeed(nodeId: string, needId: string, optional: boolean): void;
  /** A node that goes on has given its slot back, or has one again. */
  countSlot(change: 1 | -1): void;
}

/** One attempt of one node: its context and its slot. */
export class NodeRun implements NodeContext, Abortable {
  readonly node: GraphNode;
  readonly attempt: number;
  readonly state: NodeState;
  /** Set when the run has gone on without it. */
  over = false;
  aborted = false;
  grace: unknown;
  reason: unknown;
  readonly #run: RunAccess;
  #controller: AbortController | undefined;
  #threads: Set<ThreadRun> | undefined;
  /** Its slot; none in the lane `none`. */
  readonly #seat: Seat | undefined;

  constructor(run: RunAccess, state: NodeState, seat: Seat | undefined) {
    this.#run = run;
    this.state = state;
    this.node = state.node;
    this.attempt = state.attempt;
    this.#seat = seat;
    if (seat !== undefined) seat.node = this;
  }

  /** Whether it holds a slot. */
  get holds(): boolean {
    return this.#seat?.holds === true;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  // Getters, so that `(node, { add }) => …` works and what is not used is not made.
  get outcome(): NodeContext['outcome'] {
    return (id) => this.#run.find(id)?.outcome;
  }

  get value(): NodeContext['value'] {
    return (id) => {
      const outcome = this.outcome(id);
      if (outcome === undefined) {
        throw new SchedulerError(
          'ERR_SCHEDULER_GRAPH_STATE',
          `Expected \`${id}\` to have ended; make it a need of \`${this.node.id}\``,
        );
      }
      return outcome.status === 'fulfilled' ? outcome.value : undefined;
    };
  }

  get add(): NodeContext['add'] {
    return (nodes) => this.#run.add(nodes);
  }

  get addNeed(): NodeContext['addNeed'] {
    return (nodeId, needId, options = {}) => {
      knownMembers('the options of `addNeed`', options, addNeedNames);
      this.#run.addNeed(nodeId, needId, options.optional === true);
    };
  }

  get thread(): NodeContext['thread'] {
    return (task, input, options) => this.#thread(task, input, options);
  }

  get release(): NodeContext['release'] {
    return async (wait) => (this.#seat === undefined || this.over ? wait() : this.#seat.vacate(wait));
  }

  async #thread<I, O>(task: TaskHandle<I, O>, input: I, options: NodeThreadOptions = {}): Promise<ThreadResult<O>> {
    const { core } = this.#run;
    if (core === undefined) {
      throw new SchedulerError(
        'ERR_SCHEDULER_THREADS_UNAVAILABLE',
        'Expected `runGraph` to be given a `scheduler`, threads are its',
      );
    }
    knownMembers('the options of `thread`', options, threadNames);
    const { signal, timeoutMs, transfer, onProgress } = options;
    if (this.aborted) throw this.reason;
    signal?.throwIfAborted();
    const { attempt } = this;
    const run = core.threads.run({
      task,
      input,
      attempt,
      timeoutMs,
      transfer,
      onProgress,
    });
    this.#threads ??= new Set();
    this.#threads.add(run);
    if (signal !== undefined) core.aborts.add(signal, run);
    try {
      return (await run.promise) as ThreadResult<O>;
    } finally {
      this.#threads.delete(run);
      if (signal !== undefined) core.aborts.remove(signal, run);
    }
  }

  slotChanged(change: 1 | -1): void {
    this.#run.countSlot(change);
  }

  abort(reason: unknown): void {
    if (this.aborted || this.over) return;
    this.aborted = true;
    this.reason = reason;
    for (const run of this.#threads ?? []) run.abort(reason);
    this.#seat?.goOnWithout();
    this.#controller?.abort(reason);
  }

  /** The node is over: its slot is free, and threads that it did not wait for are stopped. */
  end(): void {
    this.over = true;
    for (const run of this.#threads ?? []) run.abort(new DOMException('The node has ended', 'AbortError'));
    this.#seat?.retire();
  }
}
