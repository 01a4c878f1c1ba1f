/** Where a cache takes time from; tests hand in `ManualClock` of `@orc/cache/testing`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` after `milliseconds`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes a call back. */
  clearTimeout(handle: unknown): void;
}

/** The longest that a timer of Node waits, in ms, almost 25 days; one that is set for longer goes off at once. */
export const LONGEST_TIMER: number = 0x7fffffff;

/** The real time. Its timers do not keep the process alive, and wait for 25 days at most. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER)).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
