import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { letGo, LONGEST_TIMER } from '../clock.ts';
import { ignore } from '../maybe-promise.ts';
import type { TierLock } from '../tiers/tier.ts';

const FIRST_POLL = 5;
const LAST_POLL = 200;

/** Only who holds the lock may prolong it or give it back. */
const PROLONG =
  "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0";
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

/** Takes a lock in Redis, waiting for its holder; `undefined` after `wait` ms. A lock that nobody prolongs ends by itself. */
export async function takeRedisLock(
  send: (command: string, ...args: string[]) => Promise<unknown>,
  key: string,
  times: { readonly ttl: number; readonly wait: number },
  signal: AbortSignal | undefined,
): Promise<TierLock | undefined> {
  const token = randomUUID();
  const life = String(times.ttl);
  const begun = performance.now();
  for (let wait = FIRST_POLL; ; wait = Math.min(wait * 1.5, LAST_POLL)) {
    signal?.throwIfAborted();
    if ((await send('SET', key, token, 'NX', 'PX', life)) !== null) break;
    if (performance.now() - begun > times.wait) return undefined;
    // A timer that keeps the process alive: whoever waits here has work to do.
    await delay(wait, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
  const beat = setInterval(
    () => {
      send('EVAL', PROLONG, '1', key, token, life).catch(ignore);
    },
    Math.min(times.ttl / 3, LONGEST_TIMER),
  );
  letGo(beat);
  let released = false;
  return {
    release: async () => {
      if (released) return;
      released = true;
      clearInterval(beat);
      await send('EVAL', RELEASE, '1', key, token).catch(ignore);
    },
  };
}
