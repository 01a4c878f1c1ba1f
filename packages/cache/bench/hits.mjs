// Nanoseconds per operation of the caches that answer at once.
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';

import { makeKeys, memoryPeers } from './peers.mjs';
import { seededRandom, shuffle, summarize } from './statistics.mjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const SIZE = 1000;
const random = seededRandom(1);
const held = shuffle(makeKeys(SIZE), random);
const absent = makeKeys(SIZE, 'absent');
// Far more than fit: each is new again by the time it comes round.
const stream = makeKeys(100_000, 'stream');

/** Each case gets a loop of its own, so that none inherits what the engine has learnt from another: it takes one text for one function. */
function loop(name, body) {
  // oxlint-disable-next-line typescript/no-implied-eval -- a function of its own is the point
  return new Function(
    'cache',
    'keys',
    'from',
    `/* ${name} */ let sum = 0; for (let i = 0; i < keys.length; i++) { const key = keys[i]; ${body} } return sum;`,
  );
}

const operations = {
  hit: { body: 'if (cache.get(key) !== undefined) sum++;', keys: () => held, repeat: 20, check: SIZE },
  miss: { body: 'if (cache.get(key) === undefined) sum++;', keys: () => absent, repeat: 20, check: SIZE },
  overwrite: { body: 'cache.set(key, i);', keys: () => held, repeat: 10 },
  set: { body: 'cache.set(key, i);', keys: (sample) => slice(sample), repeat: 1 },
};

function slice(sample) {
  const from = (sample * 10_000) % stream.length;
  return stream.slice(from, from + 10_000);
}

/** Runs every case once per round, in another order each time. */
export async function runHits({ quick }) {
  const cases = [];
  for (const [peer, { make, lru }] of Object.entries(memoryPeers)) {
    for (const [name, operation] of Object.entries(operations)) {
      // Without a bound there is nothing to evict.
      if (name === 'set' && !lru) continue;
      const cache = make(SIZE);
      for (const key of held) cache.set(key, 1);
      cases.push({ peer, name, operation, cache, run: loop(`${peer} ${name}`, operation.body), samples: [] });
    }
  }
  const rounds = quick ? 9 : 61;
  const warmUp = 3;
  for (let round = -warmUp; round < rounds; round++) {
    collect();
    for (const each of shuffle(cases, random)) {
      const { operation, cache, run } = each;
      const keys = operation.keys(round + warmUp);
      const begun = process.hrtime.bigint();
      let sum = 0;
      for (let time = 0; time < operation.repeat; time++) sum += run(cache, keys);
      const took = Number(process.hrtime.bigint() - begun);
      if (operation.check !== undefined && sum !== operation.check * operation.repeat) {
        throw new Error(`${each.peer} ${each.name}: expected ${operation.check * operation.repeat}, got ${sum}`);
      }
      if (round >= 0) each.samples.push(took / (keys.length * operation.repeat));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const results = {};
  for (const { peer, name, samples } of cases) (results[peer] ??= {})[name] = summarize(samples);
  return results;
}
