/** A scheduler's state, at the moment of asking. */
export interface SchedulerStats {
  /** The most tasks at once. */
  readonly maxWorkers: number;
  /** The most worker threads at once. */
  readonly maxThreads: number;
  /** Slots in use. */
  readonly running: number;
  /** Threads at work. */
  readonly runningThreads: number;
  /** Tasks that wait for a slot. */
  readonly queued: number;
  /** How many may wait before `trySubmit` refuses. */
  readonly capacity: number;
  /** Tasks that wait for their next attempt; they hold no slot. */
  readonly backingOff: number;
  /** Tasks that were fulfilled. */
  readonly completed: number;
  /** Tasks that failed for good, timed out ones too. */
  readonly failed: number;
  /** Tasks that were cancelled by a signal or by closing. */
  readonly cancelled: number;
  /** `running / maxWorkers`, 0 to 1. */
  readonly utilisation: number;
  /** Threads that have been started in all, replacements included. */
  readonly threadsStarted: number;
  /** Whether it starts nothing at the moment. */
  readonly paused: boolean;
}
