import type { ErrorInfo, OutcomeStatus, PhaseSummary } from '@orc/core';

/** A phase as a view shows it. */
export interface PhaseState {
  /** Its id. */
  readonly id: string;
  /** Its title. */
  readonly title: string;
  /** Its kind. */
  readonly kind: PhaseSummary['kind'];
  /** The phases it waits for. */
  readonly needs: readonly string[];
  /** Whether it expands into many tasks. */
  readonly fanOut: boolean;
  /** Where it stands. */
  readonly status: 'waiting' | 'running' | OutcomeStatus;
  /** Tasks known so far. */
  readonly tasks: number;
  /** Whether that number is final. */
  readonly tasksFinal: boolean;
  /** Tasks that have ended. */
  readonly done: number;
  /** Tasks that run now. */
  readonly running: number;
  /** Tasks that came from the cache. */
  readonly hits: number;
  /** Tasks that were looked for and not found. */
  readonly misses: number;
  /** Tasks that came from the session's journal. */
  readonly restored: number;
  /** Retries so far. */
  readonly retries: number;
  /** When it started, in milliseconds since the run did. */
  readonly startedMs: number | undefined;
  /** How long it took, once it has ended. */
  readonly durationMs: number | undefined;
  /** What its task last said. */
  readonly message: string | undefined;
  /** How far its only task is, 0 to 1. */
  readonly fraction: number | undefined;
  /** Why it failed. */
  readonly error: ErrorInfo | undefined;
}

/** A phase before it has begun. */
export function newPhase(summary: PhaseSummary): PhaseState {
  return {
    id: summary.id,
    title: summary.title,
    kind: summary.kind,
    needs: summary.needs,
    fanOut: summary.fanOut,
    status: 'waiting',
    tasks: summary.fanOut ? 0 : 1,
    tasksFinal: !summary.fanOut,
    done: 0,
    running: 0,
    hits: 0,
    misses: 0,
    restored: 0,
    retries: 0,
    startedMs: undefined,
    durationMs: undefined,
    message: undefined,
    fraction: undefined,
    error: undefined,
  };
}
