import type { GraphNode } from './graph.ts';
import type { GraphResult, NodeOutcome } from './outcome.ts';

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
