// Bytes allocated per hit, 1000 of 1000 keys, in a process whose young generation is too large to be collected meanwhile.
import { fileURLToPath } from 'node:url';

import { inChild } from './child.mjs';
import { makeKeys, memoryPeers } from './peers.mjs';

const measured = [
  'Map',
  '@orc/cache',
  'quick-lru',
  'quick-lru + maxAge',
  'lru-cache',
  'lru-cache + ttl',
  'tiny-lru + ttl',
];

/** One process per cache. */
export async function runBytes() {
  const flags = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256'];
  return Object.fromEntries(measured.map((peer) => [peer, inChild(import.meta.url, flags, peer)]));
}

function measure(peer) {
  const keys = makeKeys(1000);
  const cache = memoryPeers[peer].make(1000);
  for (const key of keys) cache.set(key, 1);
  const run = (times) => {
    let sum = 0;
    for (let time = 0; time < times; time++) for (let i = 0; i < keys.length; i++) sum += cache.get(keys[i]);
    return sum;
  };
  // Until the engine has compiled what it will compile.
  for (let time = 0; time < 20; time++) run(100);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  run(1000);
  const used = process.memoryUsage().heapUsed - before;
  // What reading the gauge costs is far below a tenth of a byte per hit.
  return Math.round((used / 1_000_000) * 10) / 10;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(JSON.stringify(measure(process.argv[2])));
