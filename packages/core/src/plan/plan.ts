import type { KeyDifference } from '../key/explain.ts';
import type { Strategy } from '../events.ts';
import type { PhaseKind } from '../pipeline/phase.ts';
import type { PipelineRequest } from '../pipeline/request.ts';

/** What the cache has of a phase: all of it, not all of it, not known before its inputs are, or nothing because it is off. */
export type PlannedCache = 'hit' | 'miss' | 'unknown' | 'off';

/** What a phase, or a whole plan, will take. Hits take nothing. */
export interface Expectation {
  /** Tasks that will be executed. Where their number depends on what is not known yet: as many as the last time, else 1. */
  readonly tasks: number;
  /** Model calls. */
  readonly calls: number;
  /** Tokens of those calls, from past runs; absent where there are none. */
  readonly tokens?: number | undefined;
  /** US dollars of those calls, from past runs; `null` where a price is not known. */
  readonly costUsd?: number | null | undefined;
  /** Milliseconds of work, from past runs; absent where there are none. */
  readonly ms?: number | undefined;
}

/** A phase in a plan. */
export interface PlannedPhase {
  /** Its id. */
  readonly id: string;
  /** Its title. */
  readonly title: string;
  /** Its kind. */
  readonly kind: PhaseKind;
  /** The phases it needs. */
  readonly needs: readonly string[];
  /** Whether it expands into many tasks. */
  readonly fanOut: boolean;
  /** What the cache has of it. */
  readonly cache: PlannedCache;
  /** Why, in one sentence. */
  readonly reason: string;
  /** The slowest tier that a hit comes from. */
  readonly tier?: string | undefined;
  /** Tasks that are known, and those of them that the cache has. */
  readonly known: { readonly tasks: number; readonly hits: number };
  /** For a miss: how its key differs from the nearest earlier one; empty where there is none. */
  readonly differences: readonly KeyDifference[];
  /** What it will take. */
  readonly expected: Expectation;
}

/** A pipeline and a request, resolved, before anything is spent. */
export interface Plan {
  /** The pipeline. */
  readonly pipeline: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly description: string;
  };
  /** The request. */
  readonly request: PipelineRequest;
  /** How it will be executed, and why so. */
  readonly strategy: Strategy;
  /** The model's name; empty without one. */
  readonly model: string;
  /** The phases, each after all that it needs. */
  readonly phases: readonly PlannedPhase[];
  /** All of them together; `ms` is the work one after the other, `criticalMs` with a worker for every task. */
  readonly totals: Expectation & {
    readonly hits: number;
    readonly misses: number;
    readonly unknown: number;
    readonly criticalMs?: number | undefined;
  };
}
