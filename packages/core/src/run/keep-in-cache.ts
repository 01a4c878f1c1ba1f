import { isCacheError, type TieredCache, type TieredSetOptions } from '@orc/cache';

import type { CachedOutput } from './cached-output.ts';

/** Sets a value in the cache. One that no tier could keep, for a `-0` in it say, is made anew next time: no reason for a run to fail. */
export async function keepInCache(
  cache: TieredCache<CachedOutput>,
  key: string,
  value: CachedOutput,
  options: TieredSetOptions,
): Promise<void> {
  try {
    await cache.set(key, value, options);
  } catch (error) {
    if (!isCacheError(error) || error.code !== 'ERR_CACHE_SERIALIZE') throw error;
  }
}
