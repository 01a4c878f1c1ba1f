import type { Abortable, AbortRegistry } from './abort-registry.ts';
import type { Clock } from './clock.ts';
import type { Lanes } from './lanes.ts';
import type { Nesting } from './nesting.ts';
import type { SchedulerEvent } from './scheduler-event.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { Lane, SubmitOptions, Work } from './work.ts';

/** A graph run, as its scheduler sees it. */
export interface HeldRun {
  /** Ends it: the scheduler closes and its time is up. */
  abort(reason: unknown): void;
  /** There are more slots than before, or fewer. */
  resized(): void;
}

/** What a scheduler's own parts share: the jobs and the graph runs see this, callers never do. */
export interface SchedulerCore {
  readonly aborts: AbortRegistry;
  readonly lanes: Lanes;
  /** Knows what runs right now; missing with `detectNesting: false`. */
  readonly nesting: Nesting | undefined;
  readonly threads: ThreadPool;
  /** Everything that has been submitted and has not settled. */
  readonly jobs: Set<Abortable>;
  readonly clock: Clock;
  readonly gracePeriodMs: number;
  readonly random: () => number;
  readonly onEvent: ((event: SchedulerEvent) => void) | undefined;
  /** Why this may not be submitted, if so. */
  check(work: Work, options: SubmitOptions | undefined, fromRunning: boolean): unknown;
  /** Counts the tasks between two attempts. */
  backoff(change: 1 | -1): void;
  /** Counts a task that is over; it is out of `jobs` by then. */
  settled(lane: Lane, status: 'fulfilled' | 'failed' | 'cancelled', attempts: number): void;
  /** A graph run has begun: the scheduler stays open for it until the function that comes back is called. */
  hold(run: HeldRun, fromRunning: boolean): () => void;
}
