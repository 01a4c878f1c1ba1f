/** How a node ended. */
export type NodeOutcome<O = unknown> =
  | {
      /** It returned. */
      readonly status: 'fulfilled';
      /** What it returned. */
      readonly value: O;
    }
  | {
      /** It threw. */
      readonly status: 'failed';
      /** What it threw. */
      readonly error: unknown;
    }
  | {
      /** It did not run, and will not. */
      readonly status: 'skipped';
      /** Why: a need that failed, was skipped or cancelled, a failure elsewhere, or what the node itself gave to `skip`. */
      readonly reason: string;
      /** The node that it goes back to; itself, when it skipped itself. */
      readonly cause: string;
    }
  | {
      /** The run was cancelled before it ended. */
      readonly status: 'cancelled';
      /** The run's reason. */
      readonly reason: unknown;
    };

/** How a run ended. */
export interface GraphResult {
  /** Every node's outcome, in the order in which the nodes ended. */
  readonly outcomes: ReadonlyMap<string, NodeOutcome>;
  /** `cancelled` when the run was, else `failed` when any node did. */
  readonly status: 'succeeded' | 'failed' | 'cancelled';
}

const brand = Symbol.for('@orc/scheduler/skip');

/** What a node returns to be skipped instead of fulfilled. */
export interface Skip {
  /** Why. */
  readonly reason: string;
}

/** Returned by a node, marks it as skipped: its dependants are skipped too, unless the need is optional. */
export function skip(reason: string): Skip {
  return Object.freeze({ [brand]: true, reason });
}

/** Tells whether a value came from {@link skip}. */
export function isSkip(value: unknown): value is Skip {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
