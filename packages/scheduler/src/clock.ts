/** Where the scheduler takes time from; tests hand in one of their own. */
export interface Clock {
  /** Milliseconds, from any fixed origin. */
  now(): number;
  /** Calls `callback` after `milliseconds`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes a call back. */
  clearTimeout(handle: unknown): void;
}

/** The real time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
