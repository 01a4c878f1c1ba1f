import type { ErrorInfo } from '../events.ts';

/** A failed attempt is tried again after a wait. */
export interface ModelRetryEvent {
  /** What this is. */
  readonly type: 'model-retry';
  /** The model, `provider/model`. */
  readonly model: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** The wait, in milliseconds. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: ErrorInfo;
}

/** The number of calls that may run at once has changed. */
export interface ModelLimitEvent {
  /** What this is. */
  readonly type: 'model-limit';
  /** The model, `provider/model`. */
  readonly model: string;
  /** Calls that may run at once from now on. */
  readonly concurrency: number;
  /** Why: the provider throttled, or has taken enough calls since. */
  readonly reason: 'throttled' | 'recovered';
}

/** A structured reply did not satisfy its schema and is asked for once more. */
export interface ModelRepairEvent {
  /** What this is. */
  readonly type: 'model-repair';
  /** The model, `provider/model`. */
  readonly model: string;
  /** What was wrong with the reply. */
  readonly problem: string;
}

/** A structured reply satisfies its schema in another form than it came in: slips of JSON mended, a wrapping taken off. */
export interface ModelCoerceEvent {
  /** What this is. */
  readonly type: 'model-coerce';
  /** The model, `provider/model`. */
  readonly model: string;
  /** What was done, in words; no value was altered. */
  readonly changes: readonly string[];
}

/** The provider ignores or changes a part of the request. Said once each. */
export interface ModelWarningEvent {
  /** What this is. */
  readonly type: 'model-warning';
  /** The model, `provider/model`. */
  readonly model: string;
  /** What the provider does not do. */
  readonly message: string;
}

/** What a model client tells while it works. It holds no key and no prompt. */
export type ModelEvent = ModelRetryEvent | ModelLimitEvent | ModelRepairEvent | ModelCoerceEvent | ModelWarningEvent;

/** Receives {@link ModelEvent}s. */
export type ModelListener = (event: ModelEvent) => void;
