import type { ErrorInfo, OutcomeStatus, RunStatus, Strategy } from '../events.ts';
import type { PhaseKind } from '../pipeline/phase.ts';
import type { RunReport } from '../report/run-report.ts';
import type { ArtifactRecord } from '../session/session-port.ts';
import type { Degradation } from './degradations.ts';

/** A phase in the result of a run. */
export interface PhaseResult {
  /** Its id. */
  readonly id: string;
  /** Its kind. */
  readonly kind: PhaseKind;
  /** How it ended. */
  readonly status: OutcomeStatus;
  /** Its tasks. */
  readonly tasks: number;
  /** Outputs that came from the cache, and those that it was asked for in vain. */
  readonly cache: { readonly hits: number; readonly misses: number };
  /** Milliseconds from its first task's start to its last task's end. */
  readonly durationMs: number;
  /** Attempts of all its tasks. */
  readonly attempts: number;
}

/** What a run gave, and what it took. `JSON.stringify` writes all of it; a spread copy leaves the report out, which is made when it is read. */
export interface RunResult extends RunFacts {
  /** The whole report, made when it is first read. */
  readonly report: RunReport;
}

/** A result without its report. */
export interface RunFacts {
  /** The session's id. */
  readonly sessionId: string;
  /** How it ended. */
  readonly status: Exclude<RunStatus, 'interrupted'>;
  /** The result's text; empty where the run did not succeed. */
  readonly text: string;
  /** The result's title, where it has one. */
  readonly title?: string | undefined;
  /** The result's number of words, where that means something. */
  readonly words?: number | undefined;
  /** How many words were asked for, where the pipeline aims at a number. */
  readonly wordsAsked?: number | undefined;
  /** The output of the result phase; `undefined` where the run did not succeed. */
  readonly output?: unknown;
  /** The files that the run left, by path. */
  readonly artifacts: readonly ArtifactRecord[];
  /** The folder they are in; absent without a data folder. */
  readonly artifactsDir?: string | undefined;
  /** The session's folder; absent without a data folder. */
  readonly sessionDir?: string | undefined;
  /** The pipeline. */
  readonly pipeline: { readonly id: string; readonly version: string; readonly digest: string };
  /** The model's name; empty without a model. */
  readonly model: string;
  /** How it was executed, and why so. */
  readonly strategy: Strategy;
  /** Its phases, in topological order. */
  readonly phases: readonly PhaseResult[];
  /** Cache use of this run, and the entries now in memory. */
  readonly cache: { readonly hits: number; readonly misses: number; readonly hitRatio: number; readonly size: number };
  /** Tokens and cost of this run's own calls; `costUsd` is `null` where a price is not known. */
  readonly usage: {
    readonly inputTokens: number;
    readonly cachedInputTokens: number;
    readonly outputTokens: number;
    readonly costUsd: number | null;
  };
  /** Times. */
  readonly timing: { readonly totalMs: number };
  /** The seed. */
  readonly seed: number;
  /** What the run had to go without. */
  readonly degradations: readonly Degradation[];
  /** Why it did not succeed. */
  readonly error?: ErrorInfo | undefined;
}

/** A result whose report is made when it is read: a thousand small runs pay for no report that nobody looks at. */
export class LazyRunResult {
  readonly #makeReport: () => RunReport;
  #report: RunReport | undefined;

  /** Takes over the facts. */
  constructor(facts: RunFacts, makeReport: () => RunReport) {
    Object.assign(this, facts);
    this.#makeReport = makeReport;
  }

  /** The whole report. */
  get report(): RunReport {
    this.#report ??= this.#makeReport();
    return this.#report;
  }

  /** All of it, the report too. */
  toJSON(): object {
    return Object.assign({}, this, { report: this.report });
  }
}
