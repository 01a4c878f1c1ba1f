// Microseconds of the first hit of an event-loop turn, after at least 2 ms of idling: where timers have to be set up anew.
import { setTimeout as delay } from 'node:timers/promises';

import { makeKeys, memoryPeers } from './peers.mjs';
import { seededRandom, shuffle, summarize } from './statistics.mjs';

const measured = ['Map', '@orc/cache', 'quick-lru + maxAge', 'lru-cache', 'lru-cache + ttl', 'tiny-lru + ttl'];

/** One turn per sample, the caches taking turns. */
export async function runTurns({ quick }) {
  const random = seededRandom(3);
  const keys = makeKeys(1000);
  const cases = measured.map((peer) => {
    const cache = memoryPeers[peer].make(1000);
    for (const key of keys) cache.set(key, 1);
    // oxlint-disable-next-line typescript/no-implied-eval -- a function of its own is the point
    const get = new Function('cache', 'key', `/* ${peer} */ return cache.get(key);`);
    for (let time = 0; time < 20_000; time++) get(cache, keys[time % keys.length]);
    return { peer, cache, get, samples: [] };
  });
  const rounds = quick ? 40 : 300;
  for (let round = 0; round < rounds; round++) {
    for (const { cache, get, samples } of shuffle(cases, random)) {
      await delay(2 + random());
      const key = keys[Math.floor(random() * keys.length)];
      const begun = process.hrtime.bigint();
      get(cache, key);
      samples.push(Number(process.hrtime.bigint() - begun) / 1000);
    }
  }
  return Object.fromEntries(cases.map(({ peer, samples }) => [peer, summarize(samples)]));
}
