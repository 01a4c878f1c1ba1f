import type { TransferListItem } from 'node:worker_threads';

import type { Clock } from './clock.ts';
import type { GraphEvent } from './graph-event.ts';
import type { GraphNode, GraphNodeDefinition } from './graph.ts';
import type { GraphResult, NodeOutcome } from './outcome.ts';
import type { RetryPolicy } from './retry.ts';
import type { Scheduler } from './scheduler.ts';
import type { TaskHandle } from './task.ts';
import type { ThreadResult } from './thread-call.ts';

/**
 * What a failure does to the rest. `no-new`: nothing more starts, what runs goes on. `continue`: everything that does not
 * need the failed node runs. `kill`: nothing more starts, what runs is aborted.
 */
export type FailureMode = 'no-new' | 'continue' | 'kill';

/** Options of {@link NodeContext.thread}. */
export interface NodeThreadOptions {
  /** Cancels the task, besides the node's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from dispatch. @defaultValue none */
  readonly timeoutMs?: number | undefined;
  /** Parts of the input that are moved instead of copied. */
  readonly transfer?: readonly TransferListItem[] | undefined;
  /** Gets what the task sends through `context.progress`. */
  readonly onProgress?: ((value: unknown) => void) | undefined;
}

/** What a node's `execute` gets. */
export interface NodeContext {
  /** Aborted when the run is cancelled, or killed by a failure. */
  readonly signal: AbortSignal;
  /** The node. */
  readonly node: GraphNode;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** How a node ended, or `undefined` when it has not, or is not known. */
  readonly outcome: (id: string) => NodeOutcome | undefined;
  /**
   * What a node returned; `undefined` when it ended in any other way.
   *
   * @throws ERR_SCHEDULER_GRAPH_STATE when it has not ended: only what a node needs is sure to have.
   */
  readonly value: (id: string) => unknown;
  /**
   * Adds nodes to the run; never waits. Their needs may have ended, be running, or be added later: a need that never comes
   * fails the node at the end with ERR_SCHEDULER_GRAPH_UNKNOWN_NEED.
   *
   * @throws ERR_SCHEDULER_GRAPH_NODE · ERR_SCHEDULER_GRAPH_DUPLICATE · ERR_SCHEDULER_GRAPH_CYCLE; then none of them was added.
   */
  readonly add: (nodes: readonly GraphNodeDefinition[]) => void;
  /**
   * Makes a node that has not started wait for one more.
   *
   * @throws ERR_SCHEDULER_GRAPH_STATE when it has started · ERR_SCHEDULER_GRAPH_CYCLE
   */
  readonly addNeed: (nodeId: string, needId: string, options?: { readonly optional?: boolean | undefined }) => void;
  /**
   * Runs a task on a worker thread, inside the slot that this node holds. Rejects with the task's own error, with exactly the
   * signal's reason, or with ERR_SCHEDULER_THREADS_UNAVAILABLE.
   */
  readonly thread: <I, O>(task: TaskHandle<I, O>, input: I, options?: NodeThreadOptions) => Promise<ThreadResult<O>>;
  /** Gives the slot back while `wait` goes on, for something that needs none (a lock, another process), and takes one again after it. */
  readonly release: <T>(wait: () => Promise<T>) => Promise<T>;
}

/** Options of `runGraph`. */
export interface RunGraphOptions {
  /** Runs one node; called when its needs are met and it holds a slot of its lane. */
  readonly execute: (node: GraphNode, context: NodeContext) => unknown;
  /** Where slots and threads come from; shared with whoever else uses it. @defaultValue slots of its own, no threads */
  readonly scheduler?: Scheduler | undefined;
  /** The most nodes of this run at once. @defaultValue the scheduler's `maxWorkers`; without one, cores × 2 */
  readonly concurrency?: number | undefined;
  /** @defaultValue `'no-new'` */
  readonly failureMode?: FailureMode | undefined;
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined;
  /** For each node. An aborted node is not tried again. @defaultValue no second attempt */
  readonly retry?: RetryPolicy | undefined;
  /** Milliseconds that a node has to end after an abort; then the run goes on without it. @defaultValue 5000 */
  readonly gracePeriodMs?: number | undefined;
  /** Where the jitter of retries comes from. @defaultValue the scheduler's, or `Math.random` */
  readonly random?: (() => number) | undefined;
  /** Where time comes from. @defaultValue the scheduler's, or the real time */
  readonly clock?: Clock | undefined;
  /** Gets every event, as it happens. What it throws, or rejects with, is ignored. @defaultValue none */
  readonly onEvent?: ((event: GraphEvent) => void) | undefined;
}

/** A run in progress: an async-iterable of its events, and a promise of its result. */
export interface GraphRun extends AsyncIterable<GraphEvent> {
  /** Resolves when every node has an outcome. It never rejects. */
  readonly result: Promise<GraphResult>;
  /** Starts nothing more and aborts what runs. */
  readonly cancel: (reason?: unknown) => void;
}
