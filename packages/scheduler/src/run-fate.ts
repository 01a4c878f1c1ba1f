import type { GraphResult, NodeOutcome } from './outcome.ts';
import type { FailureMode } from './run-options.ts';

/** What has befallen a run as a whole: whether it failed or was cancelled, and what that means for nodes that have not started. */
export class RunFate {
  readonly #mode: FailureMode;
  #failed = false;
  #cancelled = false;
  #barred: NodeOutcome | undefined;

  constructor(mode: FailureMode) {
    this.#mode = mode;
  }

  /** Whether it was cancelled. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** The outcome of every node that has not started, once no more may start. */
  get barred(): NodeOutcome | undefined {
    return this.#barred;
  }

  /** Whether a failed node may be tried again. */
  get mayRetry(): boolean {
    return this.#barred?.status !== 'skipped';
  }

  /** How the run ends, as things stand. */
  get status(): GraphResult['status'] {
    if (this.#cancelled) return 'cancelled';
    return this.#failed ? 'failed' : 'succeeded';
  }

  /** The run was cancelled. */
  cancel(reason: unknown): NodeOutcome {
    this.#cancelled = true;
    this.#barred = { status: 'cancelled', reason };
    return this.#barred;
  }

  /** A node has failed for good. Returns the outcome of those that will not start because of it, if this is what stops them. */
  fail(cause: string): NodeOutcome | undefined {
    this.#failed = true;
    if (this.#mode === 'continue' || this.#barred !== undefined) return undefined;
    this.#barred = { status: 'skipped', reason: 'run-failed', cause };
    return this.#barred;
  }
}
