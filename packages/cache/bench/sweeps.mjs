// Milliseconds that a sweep of 100,000 entries, all of them expired, keeps others waiting: its longest slice.
import { TtlLruCache } from '../dist/index.js';
import { makeKeys } from './peers.mjs';
import { summarize } from './statistics.mjs';

const COUNT = 100_000;

/** Runs the timers of the cache by hand and times each. */
export async function runSweeps({ quick }) {
  const keys = makeKeys(COUNT);
  const longest = [];
  for (let round = 0; round < (quick ? 3 : 15); round++) {
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
    let worst = 0;
    while (cache.size > 0) {
      const next = due.toSorted((one, other) => one.at - other.at)[0];
      clock.clearTimeout(next);
      now = next.at;
      const begun = performance.now();
      next.callback();
      worst = Math.max(worst, performance.now() - begun);
    }
    if (removed !== COUNT) throw new Error(`Expected ${COUNT} removals, got ${removed}`);
    longest.push(worst);
  }
  return { longest: summarize(longest) };
}
