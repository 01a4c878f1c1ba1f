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

/** Keeps a timer from keeping the process alive, where it does: in a browser, and in what stands for one in tests, timers are numbers. */
export function letGo<T>(timer: T): T {
  (timer as { unref?(): unknown }).unref?.();
  return timer;
}

/** The real time. Its timers do not keep the process alive, and wait for 25 days at most. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => letGo(setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER))),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
