import { AsyncLocalStorage } from 'node:async_hooks';

import { onAbort } from '../abort-listeners.ts';
import { CacheError } from '../errors.ts';
import { ignore, isPromise } from '../maybe-promise.ts';
import type { ComputeContext } from './options.ts';

/** One computation of one key, and who waits for it. It is also what the computation is handed as its context. */
export class Flight<K, V> implements ComputeContext<K> {
  /** The key that is computed. */
  readonly key: K;
  /** Resolves with the value; made when the computation turns out to take time, or when somebody asks before that. */
  promise: Promise<V> | undefined;
  /** Settles `promise`, if that was made before the computation had one. */
  settle: ((outcome: Promise<V>) => void) | undefined;
  /** Whether what it computes is out of date already and must not be kept. */
  fenced = false;
  /** The callers that wait, those that never leave counted once each. */
  callers = 0;
  /** The flights whose values this one waits for. */
  readonly waitsFor: Set<Flight<K, V>> = new Set();
  /** The flights that wait for this one. */
  waitedFor: Set<Flight<K, V>> | undefined;
  /** The tags that were invalidated since it began. */
  invalidated: Set<string> | undefined;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  /** Begins nothing yet. */
  constructor(key: K) {
    this.key = key;
  }

  /** Made when it is asked for: most computations never look. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /** What those wait for who ask. */
  awaited(): Promise<V> {
    this.promise ??= new Promise<V>((resolve) => {
      this.settle = resolve;
    });
    return this.promise;
  }

  /** Notes that this one needs the value of another. */
  waitFor(flight: Flight<K, V>): void {
    this.waitsFor.add(flight);
    (flight.waitedFor ??= new Set()).add(this);
  }

  /** Nobody waits for this one any more; one that runs for hours must not hold what it asked for on the way. */
  landed(): void {
    if (this.waitedFor === undefined) return;
    for (const flight of this.waitedFor) flight.waitsFor.delete(this);
    this.waitedFor = undefined;
  }

  /** Tells the computation to stop. */
  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }
}

/** At most one computation per key at a time. Knows nothing of what becomes of the values. */
export class SingleFlight<K, V> {
  readonly #flights = new Map<K, Flight<K, V>>();
  /** What is being computed, also what has been fenced. */
  readonly #running = new Set<Flight<K, V>>();
  /** Which flight the running code belongs to. Switched off while nothing is computed, as it costs every promise a little. */
  readonly #inside = new AsyncLocalStorage<Flight<K, V>>();

  /** Whether anything is being computed for a key that has not been fenced. */
  get size(): number {
    return this.#flights.size;
  }

  /** The computation of a key. */
  find(key: K): Flight<K, V> | undefined {
    return this.#flights.get(key);
  }

  /** Lets the computation of a key end for those who wait already, and keeps its value from being stored. */
  fence(key: K): void {
    const flight = this.#flights.get(key);
    if (flight === undefined) return;
    flight.fenced = true;
    this.#flights.delete(key);
  }

  /** Fences every computation. */
  fenceAll(): void {
    for (const flight of this.#flights.values()) flight.fenced = true;
    this.#flights.clear();
  }

  /** Notes for every computation that a tag was invalidated while it ran. */
  fenceTag(tag: string): void {
    for (const flight of this.#flights.values()) (flight.invalidated ??= new Set()).add(tag);
  }

  /** Aborts every computation, also those that were fenced before. */
  abortAll(reason: unknown): void {
    this.fenceAll();
    for (const flight of this.#running) flight.abort(reason);
  }

  /**
   * Computes a key that is not being computed. `done` gets the value unless the flight was fenced; `failed` may turn an
   * error into a value, or throws. With `inBackground` nobody waits for it, whoever asks.
   */
  start(
    key: K,
    compute: (context: ComputeContext<K>) => V | Promise<V>,
    done: (value: V, flight: Flight<K, V>) => void,
    failed: (error: unknown) => V,
    signal: AbortSignal | undefined,
    inBackground: boolean = false,
  ): V | Promise<V> {
    const flight = new Flight<K, V>(key);
    this.#flights.set(key, flight);
    this.#running.add(flight);
    // Before it begins: it may ask for what waits for it at once.
    if (!inBackground) this.#inside.getStore()?.waitFor(flight);
    let result: V | Promise<V>;
    try {
      result = this.#inside.run(flight, compute, flight);
    } catch (error) {
      if (flight.settle === undefined) {
        this.#land(flight);
        return failed(error);
      }
      result = Promise.reject(error);
    }
    if (!isPromise(result) && flight.settle === undefined) {
      this.#land(flight);
      if (!flight.fenced) done(result, flight);
      return result;
    }
    // A query builder and the like has a `then` too, but not all of a promise.
    const promise = Promise.resolve(result).then(
      (value) => {
        this.#land(flight);
        if (!flight.fenced) done(value, flight);
        return value;
      },
      (error: unknown) => {
        this.#land(flight);
        return failed(error);
      },
    );
    // All callers may have left by the time it fails.
    promise.catch(ignore);
    flight.settle?.(promise);
    flight.promise ??= promise;
    if (!inBackground) return this.join(flight, signal);
    // Counted as one who never leaves: it goes on even when all who have joined it leave.
    flight.callers++;
    return promise;
  }

  /** Waits for a computation that is under way. */
  join(flight: Flight<K, V>, signal: AbortSignal | undefined): Promise<V> {
    const inside = this.#inside.getStore();
    if (inside !== undefined && leadsTo(flight, inside)) {
      return Promise.reject(
        new CacheError(
          'ERR_CACHE_REENTRANT',
          `Expected the computation of ${show(flight.key)} not to ask for a key that waits for it, got a cycle; work that it only starts and does not wait for is to be started outside of it, by \`AsyncLocalStorage.snapshot()\``,
          { key: flight.key },
        ),
      );
    }
    const promise = flight.awaited();
    flight.callers++;
    inside?.waitFor(flight);
    if (signal === undefined) return promise;
    return new Promise<V>((resolve, reject) => {
      const leave = (): void => {
        inside?.waitsFor.delete(flight);
        reject(signal.reason as Error);
        if (--flight.callers > 0) return;
        if (this.#flights.get(flight.key) === flight) this.fence(flight.key);
        flight.fenced = true;
        flight.abort(signal.reason);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      const stay = onAbort(signal, leave);
      promise.then(
        (value) => {
          stay();
          resolve(value);
        },
        (error: unknown) => {
          stay();
          reject(error);
        },
      );
    });
  }

  #land(flight: Flight<K, V>): void {
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
    flight.landed();
    this.#running.delete(flight);
    if (this.#running.size === 0) this.#inside.disable();
  }
}

/** Whether `from` waits, through however many others, for `to`. */
function leadsTo<K, V>(from: Flight<K, V>, to: Flight<K, V>): boolean {
  const seen = new Set<Flight<K, V>>();
  const open = [from];
  for (let flight = open.pop(); flight !== undefined; flight = open.pop()) {
    if (flight === to) return true;
    if (seen.has(flight)) continue;
    seen.add(flight);
    open.push(...flight.waitsFor);
  }
  return false;
}

function show(key: unknown): string {
  return typeof key === 'string' || typeof key === 'number' ? JSON.stringify(key) : 'a key';
}
