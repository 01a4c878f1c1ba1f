import type { Clock } from '../clock.ts';
import { TtlLruCache } from '../memory/ttl-lru-cache.ts';
import type { Held } from './tier-stack.ts';
import type { ResolvedTieredOptions, TieredSetOptions } from './tiered-options.ts';

/** The nearest tier of a tiered cache. Without one it holds nothing, and what is being computed is shared all the same. */
export class HeldMemory<V> {
  /** What holds it. */
  readonly cache: TtlLruCache<string, Held<V>>;
  /** Whether there is a memory tier. */
  readonly enabled: boolean;
  readonly #ttl: number;
  readonly #clock: Clock;

  /** `failed` is told why a refresh in the background failed. */
  constructor({ memory, clock }: ResolvedTieredOptions, failed: (error: unknown, key: string) => void) {
    this.enabled = memory !== false;
    this.#ttl = memory === false ? 0 : (memory.ttl ?? 1_800_000);
    this.#clock = clock;
    this.cache = new TtlLruCache<string, Held<V>>({
      ...(memory === false ? { maxSize: 1 } : memory),
      clock,
      onError: (error, key) => {
        if (memory !== false) memory.onError?.(error, key);
        failed(error, key);
      },
    });
  }

  /** How long something is to be held, in ms. */
  lifeOf(held: Held<V>): number {
    // It may have run out since it was looked at.
    return Math.max(1, Math.min(this.#ttl, held.expiresAt - this.#clock.now()));
  }

  /** Holds something from now on; a computation of the key that is under way will not be stored. */
  set(key: string, held: Held<V>, stale: Pick<TieredSetOptions, 'staleWhileRevalidate' | 'staleIfError'> = {}): void {
    if (!this.enabled) this.cache.delete(key);
    else {
      const { staleWhileRevalidate, staleIfError } = stale;
      this.cache.set(key, held, { ttl: this.lifeOf(held), tags: held.tags, staleWhileRevalidate, staleIfError });
    }
  }
}
