import type { Clock } from '../clock.ts';
import { isPromise } from '../maybe-promise.ts';
import { ChangeLog } from './change-log.ts';
import type { HeldMemory } from './held-memory.ts';
import type { Held, TierStack } from './tier-stack.ts';

/** Reads from the slower tiers and brings up what it finds, unless that was changed since the read began. */
export class ReadThrough<V> {
  readonly #clock: Clock;
  readonly #memory: HeldMemory<V>;
  readonly #stack: TierStack<V>;
  readonly #log = new ChangeLog();
  readonly #reads = new Map<string, Promise<Held<V> | undefined>>();
  #closed = false;

  /** Reads from a stack into memory. */
  constructor(clock: Clock, memory: HeldMemory<V>, stack: TierStack<V>) {
    this.#clock = clock;
    this.#memory = memory;
    this.#stack = stack;
  }

  /** What the nearest of the slower tiers has for a key. Those who ask meanwhile share one read. */
  read(key: string): Held<V> | undefined | Promise<Held<V> | undefined> {
    const reading = this.#reads.get(key);
    if (reading !== undefined) return reading;
    const begun = this.#log.begin();
    const end = (held: Held<V> | undefined): Held<V> | undefined => {
      if (held !== undefined) this.#settle(key, held, begun);
      this.#log.end();
      return held;
    };
    const found = this.#stack.read(key);
    if (!isPromise(found)) return end(found);
    const promise = found.then((held) => {
      if (this.#reads.get(key) === promise) this.#reads.delete(key);
      return end(held);
    });
    this.#reads.set(key, promise);
    return promise;
  }

  /** Brings keys up, tier by tier; returns how many were found. Gives up between tiers when `stopped` throws. */
  async readMany(keys: readonly string[], stopped: () => void): Promise<number> {
    const begun = this.#log.begin();
    try {
      return await this.#stack.readMany(keys, (key, held) => this.#settle(key, held, begun), stopped);
    } finally {
      this.#log.end();
    }
  }

  /** A key was changed: what a read of it finds is not brought up any more. */
  changed(key: string): void {
    this.#log.note(key);
    this.#reads.delete(key);
  }

  /** Any key may have been changed. */
  allChanged(): void {
    this.#log.noteAll();
    this.#reads.clear();
  }

  /** Brings nothing up any more. */
  close(): void {
    this.#closed = true;
  }

  #settle(key: string, held: Held<V>, begun: number): void {
    if (this.#closed || this.#log.changedSince(key, begun)) return;
    if (held.expiresAt <= this.#clock.now()) return;
    if (this.#memory.enabled && !this.#memory.cache.has(key)) this.#memory.set(key, held);
    if (held.origin > 0) void this.#stack.write(key, held, held.origin);
  }
}
