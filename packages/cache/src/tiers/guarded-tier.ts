import type { Clock } from '../clock.ts';
import { CacheError, isCacheError } from '../errors.ts';
import { isPromise } from '../maybe-promise.ts';
import { Breaker } from './breaker.ts';
import type { CacheEvent, TierAccess, TierOperation } from './events.ts';
import { OwedChanges } from './owed-changes.ts';
import type { Tier, TierEntry, TierLock } from './tier.ts';
import type { TierStats } from './tiered-results.ts';

const accessOf: Readonly<Record<Exclude<TierOperation, 'close'>, TierAccess>> = {
  get: 'read',
  getMany: 'read',
  set: 'write',
  delete: 'write',
  clear: 'write',
  lock: 'lock',
};

/** A tier that never throws and never hangs: a failure is a miss and an event, a dead tier is left alone. */
export class GuardedTier<V> {
  /** The tier itself. */
  readonly tier: Tier<V>;
  readonly #clock: Clock;
  readonly #timeout: number;
  /** One each: a disk that is full still has what it has. */
  readonly #breakers: Readonly<Record<TierAccess, Breaker>>;
  readonly #emit: (event: CacheEvent) => void;
  readonly #answered: () => void;
  readonly #owed = new OwedChanges();
  #emptying: Promise<void> | undefined;
  #counts = { hits: 0, misses: 0, sets: 0, errors: 0, skipped: 0 };

  /** Guards a tier. `answered` is called when it answers while changes are owed that did not reach it before. */
  constructor(
    tier: Tier<V>,
    options: {
      readonly clock: Clock;
      readonly timeout: number;
      readonly breaker: { readonly failures: number; readonly cooldown: number };
      readonly emit: (event: CacheEvent) => void;
      readonly answered: () => void;
    },
  ) {
    this.tier = tier;
    this.#clock = options.clock;
    this.#timeout = options.timeout;
    this.#emit = options.emit;
    this.#answered = options.answered;
    const breakerOf = (access: TierAccess): Breaker =>
      new Breaker(options.clock, options.breaker, {
        open: (failures, retryInMs) => this.#emit({ type: 'tier-open', tier: tier.name, access, failures, retryInMs }),
        close: () => this.#emit({ type: 'tier-close', tier: tier.name, access }),
      });
    this.#breakers = { read: breakerOf('read'), write: breakerOf('write'), lock: breakerOf('lock') };
  }

  /** What it has done so far. */
  stats(): TierStats {
    const { read, write, lock } = this.#breakers;
    return { ...this.#counts, open: read.open || write.open || lock.open };
  }

  /** Sets all counters to 0. */
  resetStats(): void {
    this.#counts = { hits: 0, misses: 0, sets: 0, errors: 0, skipped: 0 };
  }

  /** The entry of a key, if it is there, in time and current. */
  get(key: string): TierEntry<V> | undefined | Promise<TierEntry<V> | undefined> {
    if (this.#owed.any && this.#owed.has(key)) {
      const paid = this.pay(key);
      return isPromise(paid) ? paid.then(() => this.#found(undefined)) : this.#found(undefined);
    }
    const entry = this.#call('get', key, () => this.tier.get(key));
    if (isPromise(entry)) return entry.then((late) => this.#found(late));
    return this.#found(entry);
  }

  /** The entry of a key, for the cache's own bookkeeping: not counted. `null` if there is none, `undefined` if the tier cannot say. */
  async peek(key: string): Promise<TierEntry<V> | null | undefined> {
    if (this.#owed.any && this.#owed.has(key)) {
      await this.pay(key);
      return null;
    }
    return this.#call('get', key, async () => (await this.tier.get(key)) ?? null);
  }

  /** The entries of some keys. */
  async getMany(keys: readonly string[]): Promise<Map<string, TierEntry<V>>> {
    const found = new Map<string, TierEntry<V>>();
    if (this.tier.getMany === undefined) {
      await Promise.all(
        keys.map(async (key) => {
          const entry = await this.get(key);
          if (entry !== undefined) found.set(key, entry);
        }),
      );
      return found;
    }
    const current = keys.filter((key) => !this.#owed.has(key));
    const entries = await this.#call('getMany', undefined, () => this.tier.getMany?.(current));
    for (const key of keys) {
      const entry = this.#found(entries?.get(key));
      if (entry !== undefined) found.set(key, entry);
    }
    return found;
  }

  /** Writes an entry; returns whether it is there. */
  set(key: string, entry: TierEntry<V>): boolean | Promise<boolean> {
    if (this.#owed.all) return Promise.resolve(this.pay(key)).then((empty) => empty && this.set(key, entry));
    const done = this.#call('set', key, () => {
      const written = this.tier.set(key, entry);
      return isPromise(written) ? Promise.resolve(written).then(() => true) : true;
    });
    if (isPromise(done)) return done.then((ok) => this.#changed(key, ok === true));
    return this.#changed(key, done === true);
  }

  /** Removes an entry; returns whether there was one. */
  delete(key: string): boolean | Promise<boolean> {
    if (this.#owed.all) return Promise.resolve(this.pay(key)).then(() => false);
    const done = this.#call('delete', key, () => this.tier.delete(key));
    if (isPromise(done)) return done.then((was) => this.#deleted(key, was));
    return this.#deleted(key, done);
  }

  /** Removes all entries; returns whether they are gone. One that takes longer than a call may goes on, and until its end the tier has nothing. */
  async clear(): Promise<boolean> {
    this.#owed.oweAll();
    await this.#call('clear', undefined, () => (this.#emptying ??= this.#empty()));
    return !this.#owed.all;
  }

  async #empty(): Promise<void> {
    try {
      await this.tier.clear();
      this.#owed.paidAll();
    } finally {
      this.#emptying = undefined;
    }
  }

  /** The keys whose last change did not reach the tier; one that stands for all if it is to be emptied. */
  owed(): readonly string[] {
    return this.#owed.all ? [''] : this.#owed.keys();
  }

  /** Makes up for a change that did not reach the tier; returns whether nothing is owed for the key any more. */
  pay(key: string): boolean | Promise<boolean> {
    if (this.#owed.all) return this.#emptying === undefined ? this.clear() : false;
    if (!this.#owed.owes(key)) return true;
    const done = this.delete(key);
    return isPromise(done) ? done.then(() => !this.#owed.owes(key)) : !this.#owed.owes(key);
  }

  /** Waits for the right to compute a key; the waiting itself has no time limit but the tier's own. */
  async lock(key: string, signal: AbortSignal): Promise<TierLock | undefined> {
    if (this.tier.lock === undefined || !this.#breakers.lock.allows()) return undefined;
    try {
      const lock = await this.tier.lock(key, { signal });
      this.#succeeded('lock');
      return lock && { release: () => this.#release(lock, key) };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      this.#failed('lock', key, error);
      return undefined;
    }
  }

  /** One that cannot be given back ends by itself. */
  async #release(lock: TierLock, key: string): Promise<void> {
    try {
      await this.#inTime('lock', key, lock.release());
    } catch (error) {
      this.#failed('lock', key, error);
    }
  }

  /** Closes the tier, waiting no longer than for any other call. */
  async close(): Promise<void> {
    try {
      await this.#inTime('close', undefined, Promise.resolve(this.tier.close()));
    } catch (error) {
      this.#emit({ type: 'tier-error', tier: this.tier.name, operation: 'close', error });
    }
  }

  #found(entry: TierEntry<V> | undefined): TierEntry<V> | undefined {
    if (entry !== undefined && entry.expiresAt > this.#clock.now()) {
      this.#counts.hits++;
      return entry;
    }
    this.#counts.misses++;
    return undefined;
  }

  #changed(key: string, ok: boolean): boolean {
    if (ok) {
      this.#counts.sets++;
      this.#owed.paid(key);
    } else this.#owed.owe(key);
    return ok;
  }

  #deleted(key: string, was: boolean | undefined): boolean {
    if (was === undefined) this.#owed.owe(key);
    else this.#owed.paid(key);
    return was === true;
  }

  #call<T>(
    operation: keyof typeof accessOf,
    key: string | undefined,
    run: () => T | Promise<T>,
  ): T | undefined | Promise<T | undefined> {
    if (!this.#breakers[accessOf[operation]].allows()) {
      this.#counts.skipped++;
      return undefined;
    }
    let result: T | Promise<T>;
    try {
      result = run();
    } catch (error) {
      this.#failed(operation, key, error);
      return undefined;
    }
    if (!isPromise(result)) {
      this.#succeeded(operation);
      return result;
    }
    const late = Promise.resolve(result);
    return this.#inTime(operation, key, late).then(
      (value) => {
        this.#succeeded(operation);
        return value;
      },
      (error: unknown) => {
        if (operation === 'set' || operation === 'delete') this.#mayLand(key, late, error);
        this.#failed(operation, key, error);
        return undefined;
      },
    );
  }

  /** A change that took too long may still reach the tier, after those that come after it. */
  #mayLand(key: string | undefined, change: Promise<unknown>, error: unknown): void {
    if (key === undefined) return;
    if (!isCacheError(error) || error.code !== 'ERR_CACHE_TIER_TIMEOUT') return;
    this.#owed.late(key);
    const landed = (): void => this.#owed.landed(key);
    change.then(landed, landed);
  }

  #inTime<T>(operation: TierOperation, key: string | undefined, result: Promise<T>): Promise<T> {
    if (this.#timeout === Infinity) return result;
    return new Promise<T>((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => {
        const message = `Expected tier ${JSON.stringify(this.tier.name)} to answer \`${operation}\` within ${this.#timeout} ms, got nothing`;
        reject(new CacheError('ERR_CACHE_TIER_TIMEOUT', message, { key }));
      }, this.#timeout);
      result.then(
        (value) => {
          this.#clock.clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          this.#clock.clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  #succeeded(operation: keyof typeof accessOf): void {
    this.#breakers[accessOf[operation]].succeeded();
    if (this.#owed.any && this.#breakers.write.ready) this.#answered();
  }

  #failed(operation: keyof typeof accessOf, key: string | undefined, error: unknown): void {
    this.#counts.errors++;
    this.#emit({ type: 'tier-error', tier: this.tier.name, operation, key, error });
    // A value that cannot be written says nothing about the tier.
    if (isCacheError(error) && error.code === 'ERR_CACHE_SERIALIZE') return;
    this.#breakers[accessOf[operation]].failed();
  }
}
