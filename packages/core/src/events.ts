import type { ModelUsage } from './ai/model-client.ts';

/** How a plan is executed. */
export type StrategyName = 'standard' | 'sequential' | 'parallel' | 'distributed';

/** The strategy of a run, with the reason it was chosen. */
export interface Strategy {
  /** Its name. */
  readonly name: StrategyName;
  /** Why, in one sentence for people. */
  readonly reason: string;
  /** The most tasks that run at once. */
  readonly workers: number;
}

/** How a task or a phase ended. */
export type OutcomeStatus = 'fulfilled' | 'failed' | 'skipped' | 'cancelled';

/** How a run ended; `interrupted` is what a session shows whose process is gone. */
export type RunStatus = 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

/** Where the output of a task came from. */
export type TaskSource = 'executed' | 'cache' | 'shared' | 'journal' | 'speculation';

/** An error as data. */
export interface ErrorInfo {
  /** A stable code, `ERR_…`, where the error has one. */
  readonly code: string;
  /** The message, for people. */
  readonly message: string;
  /** The phase it came from. */
  readonly phase?: string | undefined;
  /** The task it came from. */
  readonly task?: string | undefined;
  /** What to do about it, where that is known. */
  readonly hint?: string | undefined;
}

/** What every event carries. */
export interface EventBase {
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds since the run started. */
  readonly elapsedMs: number;
}

/** A phase as the start of a run announces it. */
export interface PhaseSummary {
  /** The phase's id. */
  readonly id: string;
  /** Its title, for people. */
  readonly title: string;
  /** Its kind. */
  readonly kind: 'llm' | 'io' | 'cpu' | 'compute';
  /** The ids of the phases it needs. */
  readonly needs: readonly string[];
  /** Those of `needs` that it takes item by item: one task of this phase waits for the tasks of related items alone. */
  readonly itemNeeds?: readonly string[] | undefined;
  /** Whether it expands into many tasks. */
  readonly fanOut: boolean;
  /** Whether its results may be cached. */
  readonly cacheable: boolean;
}

/** All that a run tells while it goes. The engine prints nothing: user interface, logs, metrics and report consume these. */
export type OrcEvent = EventBase &
  /** A run begins: what it runs, how, and what it has already. The first event. */
  (
    | {
        readonly type: 'run-start';
        readonly sessionId: string;
        readonly pipeline: { readonly id: string; readonly version: string; readonly digest: string };
        readonly request: string;
        readonly model: string;
        readonly seed: number;
        readonly strategy: Strategy;
        readonly phases: readonly PhaseSummary[];
        readonly resumed: boolean;
        /** Tasks that the journal already holds. */
        readonly restored: number;
      }
    /** The first task of a phase begins. */
    | { readonly type: 'phase-start'; readonly phase: string }
    /** The number of tasks known so far; it may grow while upstream items finish. `final` says that it will not grow any more. */
    | { readonly type: 'phase-expand'; readonly phase: string; readonly tasks: number; readonly final: boolean }
    /** All tasks of a phase have ended; the time is from the start of the first to the end of the last. */
    | {
        readonly type: 'phase-end';
        readonly phase: string;
        readonly status: OutcomeStatus;
        readonly durationMs: number;
        readonly tasks: number;
        readonly cache: { readonly hits: number; readonly misses: number };
      }
    /** A task has a worker and its key: it is looked up, and executed when that finds nothing. */
    | {
        readonly type: 'task-start';
        readonly task: string;
        readonly phase: string;
        /** Its key; empty in a run that keeps nothing: without cache, session and other machines. */
        readonly key: string;
        readonly lane: 'io' | 'cpu' | 'compute';
      }
    /** The output of a task was found. */
    | {
        readonly type: 'task-hit';
        readonly task: string;
        readonly phase: string;
        /** The tier that had it; `shared` where another caller was computing it at the same time. */
        readonly tier: string;
        readonly storedAt: number;
        /** Milliseconds that the work took when it was done. */
        readonly savedMs?: number | undefined;
        /** US dollars that it cost; `null` = unpriced. */
        readonly savedUsd?: number | null | undefined;
      }
    /** The output of a task was not found; `reason` says what differs from the nearest earlier key. */
    | { readonly type: 'task-miss'; readonly task: string; readonly phase: string; readonly reason: string }
    /** Text, as the model writes it. */
    | { readonly type: 'task-delta'; readonly task: string; readonly phase: string; readonly text: string }
    /** What a task says of itself; `fraction` goes from 0 to 1. */
    | {
        readonly type: 'task-progress';
        readonly task: string;
        readonly phase: string;
        readonly message?: string | undefined;
        readonly fraction?: number | undefined;
      }
    /** An attempt failed, and the next one starts after `delayMs`. */
    | {
        readonly type: 'task-retry';
        readonly task: string;
        readonly phase: string;
        readonly attempt: number;
        readonly delayMs: number;
        readonly error: ErrorInfo;
      }
    /** A task ended. Told also for those that were never executed: left out, cancelled, restored from the journal. */
    | {
        readonly type: 'task-end';
        readonly task: string;
        readonly phase: string;
        readonly status: OutcomeStatus;
        readonly source: TaskSource;
        readonly durationMs: number;
        readonly attempts: number;
        /** The worker thread it ran on. */
        readonly threadId?: number | undefined;
        /** The machine it ran on, when that was another one. */
        readonly worker?: string | undefined;
        readonly error?: ErrorInfo | undefined;
      }
    /** A model call begins. */
    | { readonly type: 'model-start'; readonly task: string; readonly phase: string; readonly model: string }
    /** A model call ended. It is paid for, also when `finishReason` is not `stop`. */
    | {
        readonly type: 'model-end';
        readonly task: string;
        readonly phase: string;
        readonly model: string;
        readonly durationMs: number;
        readonly usage: ModelUsage;
        readonly costUsd: number | null;
        readonly attempts: number;
        readonly finishReason: string;
      }
    /** The record of a task is on the disk: it will not be executed again. */
    | { readonly type: 'checkpoint'; readonly task: string }
    /** An artifact is in place. */
    | { readonly type: 'artifact-write'; readonly path: string; readonly bytes: number; readonly sha256: string }
    /**
     * Something is not available and the run goes on without it: threads, the cache folder, a shared tier, the broker, what a
     * worker refused, a listener that throws; a result that can't be kept because a file changed meanwhile, records that no longer
     * hold. Said once each.
     */
    | {
        readonly type: 'degrade';
        readonly what:
          | 'threads'
          | 'cache'
          | 'tier'
          | 'broker'
          | 'worker'
          | 'metrics'
          | 'report'
          | 'listener'
          | 'files'
          | 'resume';
        readonly message: string;
      }
    /** Results are looked for before they are needed (`known`), or worked out (`speculative`, `ahead`). */
    | { readonly type: 'prefetch-start'; readonly mode: 'known' | 'speculative' | 'ahead'; readonly keys: number }
    /** That has ended, and has found so many. */
    | { readonly type: 'prefetch-end'; readonly mode: 'known' | 'speculative' | 'ahead'; readonly found: number }
    /** A task begins on an input that is not certain. */
    | { readonly type: 'speculation-start'; readonly task: string; readonly phase: string }
    /** Its input turned out as guessed, and the work counts (`kept`), or not, and it was thrown away. */
    | {
        readonly type: 'speculation-end';
        readonly task: string;
        readonly phase: string;
        readonly kept: boolean;
        readonly savedMs: number;
      }
    /** How busy the workers are and how much memory is in use, of the whole orchestrator. */
    | {
        readonly type: 'sample';
        readonly running: number;
        readonly runningThreads: number;
        readonly queued: number;
        readonly workers: number;
        readonly heapBytes: number;
        readonly rssBytes: number;
      }
    /** Nothing more starts until `run-continue`. */
    | { readonly type: 'run-pause' }
    /** Tasks start again. */
    | { readonly type: 'run-continue' }
    /** The run was asked to stop; `run-end` follows when everything that runs has ended. */
    | { readonly type: 'run-cancel'; readonly reason: string }
    /** The run has ended, and everything it started. The last event. */
    | {
        readonly type: 'run-end';
        readonly status: Exclude<RunStatus, 'interrupted'>;
        readonly durationMs: number;
        readonly error?: ErrorInfo | undefined;
      }
  );

/** The name of an event. */
export type OrcEventType = OrcEvent['type'];
