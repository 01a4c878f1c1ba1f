import { systemClock } from '../clock.ts';
import type { TtlLruCacheOptions } from '../memory/options.ts';
import { TtlLruCache } from '../memory/ttl-lru-cache.ts';
import type { Tier, TierEntry } from './tier.ts';

/**
 * A tier in memory: for tests, and for two caches that share one.
 * @throws `CacheError` with `ERR_CACHE_OPTION` for an option that is unknown or out of range.
 */
export function memoryTier<V = unknown>(
  options: TtlLruCacheOptions<string, TierEntry<V>> & { readonly name?: string | undefined } = {},
): Tier<V> {
  const { name = 'shared-memory', ...rest } = options;
  const cache = new TtlLruCache<string, TierEntry<V>>(rest);
  const clock = rest.clock ?? systemClock;
  return {
    name,
    get: (key) => {
      const entry = cache.get(key);
      return entry !== undefined && entry.expiresAt > clock.now() ? entry : undefined;
    },
    set: (key, entry) => {
      const life = entry.expiresAt - clock.now();
      if (life <= 0) cache.delete(key);
      else cache.set(key, entry, Math.min(life, rest.ttl ?? Infinity));
    },
    delete: (key) => cache.delete(key),
    clear: () => cache.clear(),
    close: () => cache.dispose(),
  };
}
