// Nanoseconds per awaited lookup that hits.
import { awaitedPeers, makeKeys } from './peers.mjs';
import { seededRandom, shuffle, summarize } from './statistics.mjs';

const OPERATIONS = 1000;

/** Runs every case once per round, in another order each time. */
export async function runAwaited({ quick }) {
  const random = seededRandom(2);
  const keys = shuffle(makeKeys(1000), random);
  const AsyncFunction = (async () => {}).constructor;
  const cases = [];
  for (const [peer, make] of Object.entries(awaitedPeers)) {
    const { fill, hit } = make();
    for (const key of keys) await fill(key, 1);
    // The engine takes one text for one function, and what it has learnt from one case for true of another.
    const run = new AsyncFunction(
      'hit',
      'keys',
      'compute',
      `/* ${peer} */ let sum = 0; for (let i = 0; i < keys.length; i++) { sum += await hit(keys[i], compute); } return sum;`,
    );
    // The first three are fast enough that a thousand are over before the timer can tell.
    const repeat = ['a plain value', '@orc/cache', 'lru-cache fetch'].includes(peer) ? 20 : 2;
    cases.push({ peer, hit, run, repeat, samples: [] });
  }
  const compute = async () => 1;
  const rounds = quick ? 9 : 41;
  for (let round = -3; round < rounds; round++) {
    for (const { hit, run, repeat, samples, peer } of shuffle(cases, random)) {
      // What the case before has pushed out of the processor's caches is not this one's doing.
      await run(hit, keys, compute);
      const begun = process.hrtime.bigint();
      let sum = 0;
      for (let time = 0; time < repeat; time++) sum += await run(hit, keys, compute);
      const took = Number(process.hrtime.bigint() - begun);
      if (sum !== OPERATIONS * repeat) throw new Error(`${peer}: expected ${OPERATIONS * repeat} hits, got ${sum}`);
      if (round >= 0) samples.push(took / (OPERATIONS * repeat));
    }
  }
  return Object.fromEntries(cases.map(({ peer, samples }) => [peer, summarize(samples)]));
}
