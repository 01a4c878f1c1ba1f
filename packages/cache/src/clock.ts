/** Where a cache takes time from; tests hand in `ManualClock` of `@orc/cache/testing`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` after `milliseconds`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes a call back. */
  clearTimeout(handle: unknown): void;
}

/** The real time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
