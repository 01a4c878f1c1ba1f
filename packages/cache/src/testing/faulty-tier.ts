import { checkFraction } from '../check-option.ts';
import { memoryTier } from '../tiers/memory-tier.ts';
import type { Tier, TierEntry } from '../tiers/tier.ts';
import { seededRandom } from './seeded-random.ts';

/** Options of {@link faultyTier}. */
export interface FaultyOptions<V = unknown> {
  /** Which sequence of failures; the same seed fails in the same places. */
  readonly seed: number;
  /**
   * How many of the calls fail, 0 to 1.
   * @defaultValue 0
   */
  readonly failRate?: number | undefined;
  /**
   * How many of the calls are never answered, 0 to 1.
   * @defaultValue 0
   */
  readonly hangRate?: number | undefined;
  /**
   * Whether answers come as promises.
   * @defaultValue true
   */
  readonly async?: boolean | undefined;
  /** The tier behind it; by default one in memory. */
  readonly tier?: Tier<V> | undefined;
}

/** A tier that fails on purpose. */
export interface FaultyTier<V = unknown> extends Tier<V> {
  /** How many calls it was asked, failed ones included. */
  readonly calls: number;
  /** How many of them failed. */
  readonly failures: number;
  /** Fails every call from now on, or none beyond its rate. */
  down(isDown: boolean): void;
}

/**
 * A tier that fails and hangs on purpose, the same way for the same seed.
 * @throws `CacheError` with `ERR_CACHE_OPTION` for a rate that is no number from 0 to 1.
 */
export function faultyTier<V = unknown>(options: FaultyOptions<V>): FaultyTier<V> {
  const { seed, failRate = 0, hangRate = 0, async = true, tier = memoryTier<V>() } = options;
  checkFraction('failRate', failRate);
  checkFraction('hangRate', hangRate);
  const random = seededRandom(seed);
  let isDown = false;
  let calls = 0;
  let failures = 0;
  const call = <T>(run: () => T | Promise<T>): T | Promise<T> => {
    calls++;
    const fate = random();
    if (isDown || fate < failRate) {
      failures++;
      const error = new Error('This tier fails on purpose');
      if (async) return Promise.reject(error);
      throw error;
    }
    if (fate < failRate + hangRate) return new Promise<T>(() => undefined);
    return async ? Promise.resolve().then(run) : run();
  };
  return {
    name: `faulty-${tier.name}`,
    get: (key: string) => call(() => tier.get(key)),
    set: (key: string, entry: TierEntry<V>) => call(() => tier.set(key, entry)),
    delete: (key: string) => call(() => tier.delete(key)),
    clear: () => call(() => tier.clear()),
    close: () => tier.close(),
    get calls() {
      return calls;
    },
    get failures() {
      return failures;
    },
    down: (value: boolean) => {
      isDown = value;
    },
  };
}
