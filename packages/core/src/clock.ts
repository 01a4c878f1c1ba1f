/** Where the engine takes time from; tests hand in one of their own. */
export interface Clock {
  /** Milliseconds since the epoch, with a fraction where the clock has one. */
  now(): number;
  /** Calls `callback` after `milliseconds`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes a call back. */
  clearTimeout(handle: unknown): void;
}

/** The longest that a timer can wait, in milliseconds: one that is to wait longer fires at once. */
export const longestWait = 2_147_483_647;

// Read once: it never changes, and reading it costs as much again as the rest.
const origin = performance.timeOrigin;

/** The real time, never running backwards, to the microsecond. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => origin + performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
