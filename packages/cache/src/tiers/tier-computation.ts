import { isPromise } from '../maybe-promise.ts';
import { type ComputeContext, isKept } from '../memory/options.ts';
import type { Clock } from '../clock.ts';
import type { HeldMemory } from './held-memory.ts';
import type { TierLock } from './tier.ts';
import type { Held, TierStack } from './tier-stack.ts';
import type { TieredComputeOptions, ValueSource } from './tiered-options.ts';

/** What a computation needs of the cache that it is for. */
export interface ComputationHost<V> {
  readonly clock: Clock;
  readonly memory: HeldMemory<V>;
  readonly stack: TierStack<V>;
  /** Whether it takes the lock of a tier that has one. */
  readonly lock: boolean;
  /** Puts together what is kept of a value; if the options don't let that be known, it expires at once. */
  readonly hold: (key: string, value: V, options: TieredComputeOptions<V>) => Held<V>;
  /** Told that a value can't be kept. */
  readonly notKept: (key: string, error: unknown) => void;
  /** Told where a value came from. */
  readonly handedOut: (source: ValueSource, options: TieredComputeOptions<V>) => void;
}

/** The value of a key that is not in memory: from the nearest tier that has it, else computed, once for all who ask. */
export function computeThroughTiers<V>(
  host: ComputationHost<V>,
  key: string,
  compute: (context: ComputeContext<string>) => V | Promise<V>,
  options: TieredComputeOptions<V>,
): V | Promise<V> {
  const { clock, memory, stack } = host;
  let own: Held<V> | undefined;
  let mine = false;
  let written: void | Promise<void>;
  const produce = ({ signal }: ComputeContext<string>): Held<V> | Promise<Held<V>> => {
    mine = true;
    const found = stack.read(key);
    const keep = (held: Held<V>): Held<V> => (own = held);
    const computed = (): Held<V> | Promise<Held<V>> =>
      computeLocked(host, key, compute, options, signal, () => written);
    if (isPromise(found)) return found.then((late) => late ?? computed()).then(keep);
    const held = found ?? computed();
    return isPromise(held) ? held.then(keep) : keep(held);
  };
  // Called when the value lands and nothing has changed the key meanwhile: the moment to write it.
  const land = (held: Held<V>): boolean => {
    if (held.origin < 0) {
      try {
        if (held.expiresAt === held.storedAt || !isKept(options, held.value)) return false;
      } catch (error) {
        host.notKept(key, error);
        return false;
      }
    }
    written = stack.write(key, held, held.origin < 0 ? undefined : held.origin);
    return memory.enabled && held.expiresAt > clock.now();
  };
  const result = memory.cache.getOrCompute(key, produce, {
    signal: options.signal,
    ttl: (held) => memory.lifeOf(held),
    tags: (held) => held.tags ?? [],
    shouldCache: land,
    staleWhileRevalidate: options.staleWhileRevalidate,
    staleIfError: options.staleIfError,
  });
  const sourceOf = (held: Held<V>, late: boolean): ValueSource => {
    const isOwn = held === own;
    // Handed out without having been waited for, or stale after a failure.
    if (!isOwn && (mine || !late)) return { tier: 'memory' };
    if (held.origin >= 0) return { tier: stack.nameOf(held.origin) };
    return isOwn ? 'computed' : 'shared';
  };
  const handOut = (held: Held<V>, late: boolean): V => {
    host.handedOut(sourceOf(held, late), options);
    return held.value;
  };
  return isPromise(result) ? result.then((held) => handOut(held, true)) : handOut(result, false);
}

/** Computes a value, holding the lock of a tier that has one until the value has been written. */
function computeLocked<V>(
  { stack, lock: wanted, hold }: ComputationHost<V>,
  key: string,
  compute: (context: ComputeContext<string>) => V | Promise<V>,
  options: TieredComputeOptions<V>,
  signal: AbortSignal,
  written: () => void | Promise<void>,
): Held<V> | Promise<Held<V>> {
  const takeLock = wanted ? stack.lock : undefined;
  if (takeLock === undefined) {
    const value = compute({ key, signal });
    return isPromise(value)
      ? Promise.resolve(value).then((late) => hold(key, late, options))
      : hold(key, value, options);
  }
  let lock: TierLock | undefined;
  const locked = (async () => {
    const taken = await takeLock(key, signal);
    ({ lock } = taken);
    // Whoever held it before may have computed the very same.
    if (taken.held !== undefined) return taken.held;
    // They may all have left while it waited.
    signal.throwIfAborted();
    return hold(key, await compute({ key, signal }), options);
  })();
  const release = (): void => stack.releaseSoon(lock, written);
  locked.then(release, release);
  return locked;
}
