// How often a key is computed when 1000 callers miss it at once.
import { awaitedPeers } from './peers.mjs';

/** One key, 1000 callers, one computation of 20 ms. */
export async function runStampede() {
  const results = {};
  for (const peer of ['@orc/cache', 'bentocache', 'cacheable', 'cache-manager']) {
    const { hit } = awaitedPeers[peer]();
    let computations = 0;
    const compute = async () => {
      computations++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 1;
    };
    const begun = performance.now();
    await Promise.all(Array.from({ length: 1000 }, () => hit('key', compute)));
    results[peer] = { computations, ms: Math.round((performance.now() - begun) * 10) / 10 };
  }
  return results;
}
