// Milliseconds that a sweep of 100,000 entries, all of them expired, keeps others waiting: its longest slice.
import { TtlLruCache } from '../dist/index.js';
import { makeKeys } from './peers.mjs';
import { summarize } from './statistics.mjs';

const COUNT = 100_000;

/**
 * Runs the timers of the cache by hand and times each. Each slice does the same in every round; the longest is the one whose
 * median is, so that one in which the machine did something else does not count as ours.
 */
export async function runSweeps({ quick }) {
  const keys = makeKeys(COUNT);
  const slices = [];
  for (let round = 0; round < (quick ? 5 : 15); round++) {
    let now = 0;
    let due = [];
    const clock = {
      now: () => now,
      setTimeout: (callback, ms) => {
        const timer = { at: now + ms, callback };
        due.push(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        due = due.filter((other) => other !== timer);
      },
    };
    let removed = 0;
    const cache = new TtlLruCache({ maxSize: COUNT, ttl: 1000, sweepInterval: 5000, clock, onRemove: () => removed++ });
    for (const key of keys) cache.set(key, 1);
    for (let slice = 0; cache.size > 0; slice++) {
      const next = due.toSorted((one, other) => one.at - other.at)[0];
      clock.clearTimeout(next);
      now = next.at;
      const begun = performance.now();
      next.callback();
      (slices[slice] ??= []).push(performance.now() - begun);
    }
    if (removed !== COUNT) throw new Error(`Expected ${COUNT} removals, got ${removed}`);
  }
  return { longest: slices.map(summarize).reduce((one, other) => (one.median > other.median ? one : other)) };
}
