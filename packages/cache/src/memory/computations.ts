import { ignore, isPromise } from '../maybe-promise.ts';
import type { Callbacks } from './callbacks.ts';
import type { EntryStore } from './entry-store.ts';
import { checkCompute, type ComputeContext, type ComputeOptions, isKept } from './options.ts';
import type { Flight, SingleFlight } from './single-flight.ts';

/** What `getOrCompute` does when there is no live value: hand out a stale one, join a computation, or begin one. */
export class Computations<K, V> {
  readonly #ttl: number;
  readonly #store: EntryStore<K, V>;
  readonly #flights: SingleFlight<K, V>;
  readonly #callbacks: Callbacks<K, V>;

  /** Works on a store; `ttl` is how long what is computed lives if the call does not say. */
  constructor(ttl: number, store: EntryStore<K, V>, flights: SingleFlight<K, V>, callbacks: Callbacks<K, V>) {
    this.#ttl = ttl;
    this.#store = store;
    this.#flights = flights;
    this.#callbacks = callbacks;
  }

  /** The value of a key that has no live one. */
  load(
    key: K,
    compute: (context: ComputeContext<K>) => V | Promise<V>,
    options: ComputeOptions<V> | undefined,
  ): V | Promise<V> {
    checkCompute(compute, options);
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const old = this.#store.findExtras(key);
    const flight = this.#flights.find(key);
    if (old !== undefined && this.#store.isWithin(old.entry, old.extras.staleWhileRevalidate)) {
      if (flight === undefined) this.#refresh(key, compute, options);
      return old.entry.value;
    }
    if (flight !== undefined) return this.#flights.join(flight, signal);
    const failed = (error: unknown): V => {
      if (old !== undefined && this.#store.isWithin(old.entry, old.extras.staleIfError)) return old.entry.value;
      throw error;
    };
    return this.#flights.start(key, compute, (value, own) => this.#tryToKeep(own, value, options), failed, signal);
  }

  /** Computes a key anew for nobody in particular. */
  #refresh(
    key: K,
    compute: (context: ComputeContext<K>) => V | Promise<V>,
    options: ComputeOptions<V> | undefined,
  ): void {
    const failed = (error: unknown): never => {
      this.#callbacks.report(error, key);
      throw error;
    };
    try {
      const done = (value: V, own: Flight<K, V>): void => this.#tryToKeep(own, value, options);
      const value = this.#flights.start(key, compute, done, failed, undefined, true);
      if (isPromise(value)) value.catch(ignore);
    } catch {
      // `failed` has reported it.
    }
  }

  /** What `shouldCache`, `ttl` or `tags` throw is no reason to take the value from those who wait for it. */
  #tryToKeep(flight: Flight<K, V>, value: V, options: ComputeOptions<V> | undefined): void {
    try {
      this.#keep(flight, value, options);
    } catch (error) {
      this.#callbacks.report(error, flight.key);
    }
  }

  #keep(flight: Flight<K, V>, value: V, options: ComputeOptions<V> | undefined): void {
    if (options === undefined) {
      this.#store.writePlain(flight.key, value);
      return;
    }
    const tags = typeof options.tags === 'function' ? options.tags(value) : options.tags;
    if (flight.invalidated !== undefined && tags?.some((tag) => flight.invalidated?.has(tag)) === true) return;
    if (!isKept(options, value)) return;
    const ttl = typeof options.ttl === 'function' ? options.ttl(value) : options.ttl;
    const { staleWhileRevalidate, staleIfError } = options;
    this.#store.write(flight.key, value, ttl ?? this.#ttl, { tags, staleWhileRevalidate, staleIfError });
  }
}
