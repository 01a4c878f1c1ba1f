// The peers, each as its users have it: 1000 entries, a TTL of half an hour where it has one.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { createCache } from 'cache-manager';
import { Cacheable, CacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';
import { lru } from 'tiny-lru';

import { TtlLruCache } from '../dist/index.js';

const require = createRequire(import.meta.url);

/** A peer that is measured in two ways is loaded twice, so that neither way pays for what the engine has learnt from the other. */
async function twice(name, path) {
  const url = pathToFileURL(path).href;
  return [await import(`${url}?one`), await import(`${url}?two`)].map((module) => module[name]);
}
const [QuickLRU, QuickLRUWithAge] = await twice('default', require.resolve('quick-lru'));
const [LRUCache, LRUCacheWithTtl] = await twice('LRUCache', fileURLToPath(import.meta.resolve('lru-cache')));

const TTL = 1_800_000;

/** Keys as digests are: 64 hex characters. */
export function makeKeys(count, salt = '') {
  return Array.from({ length: count }, (_, index) => createHash('sha256').update(`${salt}${index}`).digest('hex'));
}

/** Caches with `get` and `set` that answer at once. `ttl` says whether entries expire, `lru` whether it is bounded in order of use. */
export const memoryPeers = {
  '@orc/cache': { ttl: true, lru: true, make: (max) => new TtlLruCache({ maxSize: max, ttl: TTL }) },
  Map: { ttl: false, lru: false, make: () => new Map() },
  'quick-lru': { ttl: false, lru: true, make: (max) => new QuickLRU({ maxSize: max }) },
  'quick-lru + maxAge': { ttl: true, lru: true, make: (max) => new QuickLRUWithAge({ maxSize: max, maxAge: TTL }) },
  'lru-cache': { ttl: false, lru: true, make: (max) => new LRUCache({ max }) },
  'lru-cache + ttl': { ttl: true, lru: true, make: (max) => new LRUCacheWithTtl({ max, ttl: TTL }) },
  'tiny-lru + ttl': { ttl: true, lru: true, make: (max) => lru(max, TTL) },
  'cacheable memory': {
    ttl: true,
    lru: true,
    make: (max) => new CacheableMemory({ ttl: TTL, lruSize: max, useClone: false, checkInterval: 0 }),
  },
};

/** Caches whose hit is awaited: `ready` fills in the keys, `hit` is one awaited lookup with a function to fall back on. */
export const awaitedPeers = {
  'a plain value': () => {
    const map = new Map();
    return { fill: (key, value) => map.set(key, value), hit: (key) => map.get(key) };
  },
  '@orc/cache': () => {
    const cache = new TtlLruCache({ maxSize: 1000, ttl: TTL });
    return { fill: (key, value) => cache.set(key, value), hit: (key, compute) => cache.getOrCompute(key, compute) };
  },
  'lru-cache fetch': () => {
    const cache = new LRUCacheWithTtl({ max: 1000, ttl: TTL, fetchMethod: async () => 1 });
    return { fill: (key, value) => cache.set(key, value), hit: (key) => cache.fetch(key) };
  },
  keyv: () => {
    const keyv = new Keyv({ ttl: TTL });
    return { fill: (key, value) => keyv.set(key, value), hit: (key) => keyv.get(key) };
  },
  bentocache: () => {
    const cache = new BentoCache({
      default: 'main',
      stores: { main: bentostore({ ttl: TTL }).useL1Layer(memoryDriver({ maxItems: 1000 })) },
    });
    return { fill: (key, value) => cache.set({ key, value }), hit: (key, factory) => cache.getOrSet({ key, factory }) };
  },
  cacheable: () => {
    const cache = new Cacheable({ ttl: TTL });
    return { fill: (key, value) => cache.set(key, value), hit: (key, compute) => cache.getOrSet(key, compute) };
  },
  // Bounded, as its documentation has it for memory.
  'cache-manager': () => {
    const cache = createCache({ stores: [new Keyv({ store: new CacheableMemory({ ttl: TTL, lruSize: 1000 }) })] });
    return { fill: (key, value) => cache.set(key, value), hit: (key, compute) => cache.wrap(key, compute) };
  },
  'cache-manager, no bound': () => {
    const cache = createCache({ ttl: TTL });
    return { fill: (key, value) => cache.set(key, value), hit: (key, compute) => cache.wrap(key, compute) };
  },
};

/** The versions that were measured. */
export function versions() {
  const found = {};
  for (const name of ['quick-lru', 'lru-cache', 'tiny-lru', 'cacheable', 'bentocache', 'keyv', 'cache-manager']) {
    for (let dir = dirname(fileURLToPath(import.meta.resolve(name))); ; dir = dirname(dir)) {
      const manifest = readManifest(join(dir, 'package.json'));
      if (manifest?.name !== name) continue;
      found[name] = manifest.version;
      break;
    }
  }
  return found;
}

function readManifest(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
