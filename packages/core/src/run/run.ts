import type { OrcEvent } from '../events.ts';
import type { EventHub } from './event-hub.ts';
import type { RunResult } from './run-result.ts';

/** A run that is under way. Iterate it for its events; `result` settles when everything that was started has ended. */
export interface Run extends AsyncIterable<OrcEvent> {
  /** The session's id. */
  readonly sessionId: string;
  /**
   * The result, also when the run failed or was cancelled, before it began or later. Rejects with an `OrcError` only when the run could not begin: a wrong request
   * (`ERR_ORC_REQUEST`), no model (`ERR_ORC_MODEL_MISSING`), a data folder that can't be written (`ERR_ORC_DATA_DIR`), a closed orchestrator.
   */
  readonly result: Promise<RunResult>;
  /** Aborts the run's one signal. `result` settles with status `cancelled` when the running tasks have ended, or at the run's `totalTimeout`. */
  cancel(reason?: unknown): void;
  /** Starts nothing more until `unpause`; what runs goes on. */
  pause(): void;
  /** Goes on after `pause`. */
  unpause(): void;
  /** Calls a listener with each event; returns how to stop that. */
  subscribe(listener: (event: OrcEvent) => void): () => void;
}

/** What a {@link Run} is made of. */
export interface RunParts {
  readonly sessionId: () => string;
  readonly hub: EventHub;
  readonly result: Promise<RunResult>;
  readonly cancel: (reason: unknown) => void;
  readonly leave: () => void;
  readonly pause: () => void;
  readonly unpause: () => void;
}

/** The handle of a run. */
export class RunHandle implements Run {
  readonly #parts: RunParts;

  /** Wraps the parts of a run. */
  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  get sessionId(): string {
    return this.#parts.sessionId();
  }

  get result(): Promise<RunResult> {
    return this.#parts.result;
  }

  cancel(reason?: unknown): void {
    this.#parts.cancel(reason);
  }

  /** Has the run end without the tasks that still run, once it has been cancelled. */
  leave(): void {
    this.#parts.leave();
  }

  pause(): void {
    this.#parts.pause();
  }

  unpause(): void {
    this.#parts.unpause();
  }

  subscribe(listener: (event: OrcEvent) => void): () => void {
    return this.#parts.hub.subscribe(listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<OrcEvent> {
    return this.#parts.hub.iterate();
  }
}
