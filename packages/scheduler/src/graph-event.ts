import { EventStream } from './event-stream.ts';
import type { GraphNode } from './graph.ts';
import type { GraphResult, NodeOutcome } from './outcome.ts';
import { tell } from './tell.ts';

/** What happens in a run, in order. */
export type GraphEvent =
  | {
      /** A node was added while the run goes on. */
      readonly type: 'node-add';
      /** The node. */
      readonly node: GraphNode;
    }
  | {
      /** A node starts: its needs are met and it holds its slot. */
      readonly type: 'node-start';
      /** The node. */
      readonly node: GraphNode;
      /** 1 for the first attempt. */
      readonly attempt: number;
    }
  | {
      /** A node has ended, or never will start. */
      readonly type: 'node-end';
      /** The node. */
      readonly node: GraphNode;
      /** How. */
      readonly outcome: NodeOutcome;
    }
  | {
      /** The run is over. */
      readonly type: 'run-end';
      /** How the run ended. */
      readonly status: GraphResult['status'];
    };

/** Tells a run's events to its listener and its iterators. */
export class GraphFeed {
  /** For those who iterate. */
  readonly stream: EventStream<GraphEvent> = new EventStream<GraphEvent>();
  readonly #onEvent: ((event: GraphEvent) => void) | undefined;

  constructor(onEvent: ((event: GraphEvent) => void) | undefined) {
    this.#onEvent = onEvent;
  }

  /** Whether anybody listens: nobody's events need not be made. */
  get watched(): boolean {
    return this.#onEvent !== undefined || this.stream.watched;
  }

  /** Tells an event. */
  emit(event: GraphEvent): void {
    if (this.#onEvent !== undefined) tell(this.#onEvent, event);
    this.stream.push(event);
  }
}
