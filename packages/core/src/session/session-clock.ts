import { clearTimeout, setTimeout } from 'node:timers';

import { systemClock, type Clock } from '../clock.ts';

// As they are when this module is loaded: a lock is kept against other processes, for which the fake timers of a test do not hold.
const timeoutOf = setTimeout;
const clearOf = clearTimeout;
const elapsed = performance.now.bind(performance);
const wallTime = Date.now.bind(Date);

/** The time of a lock: what this process measures, and never what another one says. */
export interface LockClock {
  /** Milliseconds since some moment; never set, and never running backwards. */
  now(): number;
  /** Milliseconds since the epoch, for people, and to notice that the machine slept while `now` stood still. */
  wall(): number;
  /** Calls `callback` after `milliseconds`, if the process is still there. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes a call back. */
  clearTimeout(handle: unknown): void;
  /** Resolves after `milliseconds`; the process is there until then. */
  wait(milliseconds: number): Promise<void>;
}

const realClock: LockClock = {
  now: elapsed,
  wall: wallTime,
  setTimeout: (callback, milliseconds) => timeoutOf(callback, milliseconds).unref(),
  clearTimeout: (handle) => clearOf(handle as NodeJS.Timeout),
  wait: (milliseconds) =>
    new Promise((resolve) => {
      timeoutOf(resolve, milliseconds);
    }),
};

/** The lock's time under a clock that was handed in; the real one unless that is one of somebody's own. */
export function lockClockOf(clock: Clock): LockClock {
  if (clock === systemClock) return realClock;
  return {
    now: () => clock.now(),
    wall: () => clock.now(),
    setTimeout: (callback, milliseconds) => clock.setTimeout(callback, milliseconds),
    clearTimeout: (handle) => clock.clearTimeout(handle),
    wait: (milliseconds) =>
      new Promise((resolve) => {
        clock.setTimeout(resolve, milliseconds);
      }),
  };
}
