import type { ErrorInfo, OrcEvent, OutcomeStatus, RunStatus, Strategy, TaskSource } from '../events.ts';

/** All that can be said about a run once it has ended (or so far): what `report.json` holds. Times are milliseconds since the run started. */
export interface RunReport {
  /** The format. */
  readonly schema: 'orc.report/1';
  /** The session's id. */
  readonly sessionId: string;
  /** How the run ended; `running` while it hasn't. */
  readonly status: RunStatus | 'running';
  /** Why, when it failed. */
  readonly error?: ErrorInfo | undefined;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it took. Of a resumed run: since it was resumed. */
  readonly durationMs: number;
  /** The pipeline. */
  readonly pipeline: { readonly id: string; readonly version: string; readonly digest: string };
  /** The request's text. */
  readonly request: string;
  /** The model's name. */
  readonly model: string;
  /** The seed. */
  readonly seed: number;
  /** The strategy, and why. */
  readonly strategy: Strategy;
  /** Whether an earlier run was continued. */
  readonly resumed: boolean;
  /** Tasks that were already in the journal. */
  readonly restored: number;
  /** The phases, in the order of the pipeline. */
  readonly phases: readonly PhaseReport[];
  /** The timeline: all tasks that ended, in the order they started. */
  readonly tasks: readonly TaskReport[];
  /** Hits and misses. */
  readonly cache: CacheReport;
  /** Tokens and cost of the calls that this run made. */
  readonly usage: UsageReport;
  /** The same for each model. */
  readonly models: readonly (UsageReport & { readonly model: string })[];
  /** How well the workers were used. */
  readonly concurrency: ConcurrencyReport;
  /** The most memory that was seen; `undefined` when nobody looked. */
  readonly memory?: MemoryReport | undefined;
  /** The chain of tasks that decided how long the run took. */
  readonly criticalPath: CriticalPath;
  /** What the cache, the parallelism and the prefetch each saved. */
  readonly savings: SavingsReport;
  /** What was fetched or begun before it was needed. */
  readonly prefetch: PrefetchReport;
  /** Attempts that failed and were made again. */
  readonly retries: readonly RetryReport[];
  /** What the run went without. */
  readonly degradations: readonly { readonly what: string; readonly message: string; readonly atMs: number }[];
  /** The files it left. */
  readonly artifacts: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  /** Milliseconds that it was held by a pause. */
  readonly pausedMs: number;
}

/** One phase in a report. */
export interface PhaseReport {
  /** Its id. */
  readonly id: string;
  /** Its title. */
  readonly title: string;
  /** Its kind. */
  readonly kind: 'llm' | 'io' | 'cpu' | 'compute';
  /** The phases it needs. */
  readonly needs: readonly string[];
  /** Whether it expands into many tasks. */
  readonly fanOut: boolean;
  /** How it ended; `undefined` while it hasn't. */
  readonly status?: OutcomeStatus | undefined;
  /** When its first task began; `undefined` when none did. */
  readonly startMs?: number | undefined;
  /** When its last task ended. */
  readonly endMs?: number | undefined;
  /** From `startMs` to `endMs`. */
  readonly durationMs: number;
  /** The time of all its tasks that were executed, added up. */
  readonly workMs: number;
  /** Tasks by how they ended and where their output came from. */
  readonly tasks: TaskCounts;
  /** Hits and misses. */
  readonly cache: { readonly hits: number; readonly misses: number; readonly hitRatio: number };
  /** Attempts of all its tasks. */
  readonly attempts: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** Tokens and cost of its calls. */
  readonly usage: UsageReport;
}

/** Tasks, counted. */
export interface TaskCounts {
  /** All that are known. */
  readonly total: number;
  /** Those whose work was done in this run. */
  readonly executed: number;
  /** Those whose output came from the cache, or from another caller's computation. */
  readonly cached: number;
  /** Those that the journal held. */
  readonly restored: number;
  /** Those that `when` left out, or whose needs failed. */
  readonly skipped: number;
  /** Those that failed. */
  readonly failed: number;
  /** Those that were cancelled. */
  readonly cancelled: number;
}

/** One task in a report. */
export interface TaskReport {
  /** Its id. */
  readonly task: string;
  /** Its phase. */
  readonly phase: string;
  /** When it began. */
  readonly startMs: number;
  /** When it ended. */
  readonly endMs: number;
  /** How it ended. */
  readonly status: OutcomeStatus;
  /** Where its output came from. */
  readonly source: TaskSource;
  /** The lane it ran in. */
  readonly lane: 'io' | 'cpu' | 'compute';
  /** A row of its lane, from 0: no two tasks of a row overlap. */
  readonly row: number;
  /** The worker thread it ran on. */
  readonly threadId?: number | undefined;
  /** The machine it ran on, when that was another one. */
  readonly worker?: string | undefined;
  /** The tier its output came from, when it was a hit. */
  readonly tier?: string | undefined;
  /** Why it was not a hit, when the cache was asked in vain. */
  readonly missReason?: string | undefined;
  /** Attempts it took. */
  readonly attempts: number;
  /** Model calls it made. */
  readonly calls: number;
  /** Their input tokens. */
  readonly inputTokens: number;
  /** Their output tokens. */
  readonly outputTokens: number;
  /** Their cost in US dollars; `null` where no price is known. */
  readonly costUsd: number | null;
  /** What made it fail. */
  readonly error?: ErrorInfo | undefined;
}

/** Hits and misses in a report. */
export interface CacheReport {
  /** Tasks whose output came from the cache. */
  readonly hits: number;
  /** Tasks that it was asked for in vain. */
  readonly misses: number;
  /** Hits per lookup, 0 to 1; 0 when there was no lookup. */
  readonly hitRatio: number;
  /** Hits by tier. */
  readonly tiers: Readonly<Record<string, number>>;
}

/** Tokens and cost in a report. */
export interface UsageReport {
  /** Model calls. */
  readonly calls: number;
  /** Input tokens, cached ones included. */
  readonly inputTokens: number;
  /** The part of them that the provider had in its prompt cache. */
  readonly cachedInputTokens: number;
  /** Output tokens. */
  readonly outputTokens: number;
  /** US dollars; `null` as soon as one call had no known price. */
  readonly costUsd: number | null;
  /** The time of the calls, added up. */
  readonly modelMs: number;
}

/** The use of the workers in a report. Only tasks that are executed count as running. */
export interface ConcurrencyReport {
  /** The most tasks that may run at once; over all machines, where others helped. */
  readonly workers: number;
  /** Tasks that ran, on average over the run. */
  readonly average: number;
  /** The most that ran at once. */
  readonly peak: number;
  /** The most that ran on threads at once, as far as somebody looked. */
  readonly peakThreads: number;
  /** The most that waited for a worker, as far as somebody looked. */
  readonly peakQueued: number;
  /** `average` as a part of `workers`, 0 to 1. */
  readonly utilisation: number;
  /** The same over time: at most 100 equal steps. */
  readonly timeline: readonly { readonly atMs: number; readonly running: number; readonly utilisation: number }[];
}

/** Memory in a report. */
export interface MemoryReport {
  /** The most heap that was in use, in bytes. */
  readonly peakHeapBytes: number;
  /** The largest resident set, in bytes. */
  readonly peakRssBytes: number;
  /** How often somebody looked. */
  readonly samples: number;
}

/** The chain of tasks that decided how long a run took: each one began when the one before it had ended (or waited for a worker after that). */
export interface CriticalPath {
  /** The time of its tasks: what the run would have taken with a worker for every task. */
  readonly workMs: number;
  /** The time in which its tasks waited for a worker. */
  readonly waitMs: number;
  /** Its tasks, first to last. */
  readonly tasks: readonly {
    readonly task: string;
    readonly phase: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly waitMs: number;
  }[];
}

/** What was saved. */
export interface SavingsReport {
  /** Work that hits spared, in milliseconds: what it took when it was done, less the lookups. */
  readonly cacheMs: number;
  /** What that work cost in US dollars; `null` where it had no price. */
  readonly cacheUsd: number | null;
  /** Hits of which nobody knows what the work took. */
  readonly cacheUnknown: number;
  /** The time of all executed tasks less the time in which any ran: what running them one by one would have added. */
  readonly parallelMs: number;
  /** Time gained by work that was begun before its input was certain. */
  readonly speculationMs: number;
}

/** Prefetch and speculation in a report. */
export interface PrefetchReport {
  /** Keys that were looked up ahead. */
  readonly keys: number;
  /** Those of them that were found. */
  readonly found: number;
  /** Tasks that were begun before their input was certain. */
  readonly speculated: number;
  /** Those of them whose work counted. */
  readonly kept: number;
}

/** A repeated attempt in a report. */
export interface RetryReport {
  /** When the attempt failed. */
  readonly atMs: number;
  /** The task. */
  readonly task: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** The wait before the next one. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: ErrorInfo;
}

/** The events of one type. */
export type EventOf<Type extends OrcEvent['type']> = Extract<OrcEvent, { readonly type: Type }>;
