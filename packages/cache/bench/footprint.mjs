// Bytes per held entry at 100,000 entries, key and value not counted.
import { fileURLToPath } from 'node:url';

import { TtlLruCache } from '../dist/index.js';
import { inChild } from './child.mjs';
import { makeKeys, memoryPeers } from './peers.mjs';

const COUNT = 100_000;
const ours = {
  '@orc/cache': { make: (max) => new TtlLruCache({ maxSize: max }), options: undefined },
  '@orc/cache, stale times': {
    make: (max) => new TtlLruCache({ maxSize: max, staleIfError: 1000 }),
    options: undefined,
  },
  '@orc/cache, one tag': { make: (max) => new TtlLruCache({ maxSize: max }), options: { tags: ['tag'] } },
};
const peers = ['Map', 'quick-lru + maxAge', 'lru-cache + ttl', 'tiny-lru + ttl'];

/** One process per cache. */
export async function runFootprint() {
  const names = [...Object.keys(ours), ...peers];
  return Object.fromEntries(names.map((name) => [name, inChild(import.meta.url, ['--expose-gc'], name)]));
}

function measure(name) {
  const keys = makeKeys(COUNT);
  const { make, options } = ours[name] ?? memoryPeers[name];
  const settle = () => {
    for (let time = 0; time < 4; time++) globalThis.gc();
    return process.memoryUsage().heapUsed + process.memoryUsage().external;
  };
  hashAll(keys);
  const before = settle();
  const cache = make(COUNT);
  for (let index = 0; index < COUNT; index++) {
    if (options === undefined) cache.set(keys[index], index);
    else cache.set(keys[index], index, options);
  }
  const used = settle() - before;
  if (cache.size !== COUNT) throw new Error(`Expected ${COUNT} entries, got ${cache.size}`);
  return Math.round((used / COUNT) * 10) / 10;
}

/** A string keeps its hash once it has one, which is not the cache's doing. */
function hashAll(keys) {
  return new Set(keys).size;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(JSON.stringify(measure(process.argv[2])));
