import { systemClock } from '../clock.ts';
import { checkDuration } from '../check-option.ts';
import { BurstClock } from './burst-clock.ts';
import type { Callbacks } from './callbacks.ts';
import type { ResolvedOptions, SetOptions } from './options.ts';
import { Entry, NEVER, RecencyRing, touch } from './recency-ring.ts';
import { isRealTime } from './real-time.ts';
import { Extras, extrasOf, SideTable } from './side-table.ts';
import { Sweeper } from './sweeper.ts';
import { REBASE_AT, Timeline } from './timeline.ts';

/** How far from its expiry an entry must be for a hit to need no clock; twice the time between two ticks. */
const GUARD_BAND = 2000;
/** The latest expiry that fits the field of an entry. */
const FAR = NEVER - 1;
/** From which ttl on what a burst of writes takes does not count. */
const LONG = 60_000;

/** The entries of a cache: their order, their times, and what becomes of them. Knows nothing of computations. */
export class EntryStore<K, V> {
  /** Values written. */
  sets = 0;
  /** Entries pushed out because there was no room. */
  evictions = 0;
  /** Entries removed because their time was over. */
  expirations = 0;
  readonly #options: ResolvedOptions<K, V>;
  readonly #callbacks: Callbacks<K, V>;
  readonly #maxSize: number;
  readonly #time: Timeline;
  /** The ttl of entries without options, if that is all there is to them: no jitter, no record in the side table; else 0. */
  readonly #plainTtl: number;
  readonly #index = new Map<K, Entry<K, V>>();
  readonly #ring: RecencyRing<K, V>;
  readonly #sweeper: Sweeper<K, V>;
  /** The time for writes; `undefined` where each reads the clock. */
  readonly #burst: BurstClock | undefined;
  #side: SideTable<K, V> | undefined;
  #size = 0;
  /** How many of the entries expire at some time. */
  #mortal = 0;
  /** Entries that expire later than this are live without asking the clock. */
  #soon = 0;

  /** Holds nothing yet. */
  constructor(options: ResolvedOptions<K, V>, callbacks: Callbacks<K, V>) {
    const { maxSize, clock, ttl, ttlJitter, staleWhileRevalidate, staleIfError, sweepInterval } = options;
    const plain = staleWhileRevalidate === 0 && staleIfError === 0 && ttlJitter === 0 && ttl < REBASE_AT - 1;
    this.#options = options;
    this.#callbacks = callbacks;
    this.#maxSize = maxSize;
    this.#time = new Timeline(clock, (by) => this.#shift(by));
    this.#plainTtl = plain ? Math.ceil(ttl) : 0;
    this.#burst = clock === systemClock && this.#plainTtl >= LONG ? new BurstClock(() => this.#time.now()) : undefined;
    this.#ring = new RecencyRing(maxSize);
    this.#sweeper = new Sweeper(this.#ring, clock, sweepInterval, {
      now: () => this.#time.now(),
      ticked: (now) => {
        this.#soon = now + GUARD_BAND;
        this.#burst?.end();
      },
      mortal: () => this.#mortal,
      isOver: (entry, now) => entry.expires <= now && now >= entry.expires + (this.#side?.graceOf(entry) ?? 0),
      discard: (entry) => this.#discard(entry),
      expired: (entries) => {
        this.expirations += entries.length;
        for (const { key, value } of entries) callbacks.tell(key, value, 'expire');
      },
    });
  }

  /** How many entries are held. */
  get size(): number {
    return this.#size;
  }

  /** The live entry of a key, which is the most recently used from now on. */
  use(key: K): Entry<K, V> | undefined {
    const entry = this.#index.get(key);
    if (entry === undefined) return undefined;
    if ((entry.expires <= this.#soon || !isRealTime()) && !this.#isLive(entry)) return undefined;
    touch(this.#ring, entry.slot);
    return entry;
  }

  /** The live entry of a key, by the clock; changes no order. */
  find(key: K): Entry<K, V> | undefined {
    const entry = this.#index.get(key);
    return entry !== undefined && this.#isLive(entry) ? entry : undefined;
  }

  /** What is held for a key that has extras, expired or not. */
  findExtras(key: K): { readonly entry: Entry<K, V>; readonly extras: Extras } | undefined {
    if (this.#side === undefined) return undefined;
    const entry = this.#index.get(key);
    const extras = entry === undefined ? undefined : this.#side.get(entry);
    return entry === undefined || extras === undefined ? undefined : { entry, extras };
  }

  /** Whether an entry is still the one of its key and expired less than some ms ago. */
  isWithin(entry: Entry<K, V>, grace: number): boolean {
    return this.#index.get(entry.key) === entry && this.#time.now() - entry.expires < grace;
  }

  /** How long an entry will live, in ms. */
  lifeOf(entry: Entry<K, V>): number {
    if (entry.expires === NEVER) return Infinity;
    return this.#time.until(this.#side?.get(entry)?.farExpiry ?? this.#time.absolute(entry.expires));
  }

  /** Writes an entry with the options of the cache. */
  writePlain(key: K, value: V): void {
    if (this.#plainTtl === 0) this.write(key, value, this.#options.ttl, undefined);
    else {
      const now = this.#burst === undefined ? this.#time.now() : this.#burst.now();
      this.#place(key, value, (now + this.#plainTtl) | 0, now, undefined);
    }
  }

  /** Writes an entry with a ttl and options of its own. */
  write(key: K, value: V, ttl: number, options: SetOptions | undefined): void {
    if (options !== undefined) checkDuration('ttl', ttl);
    const extras = extrasOf(options, this.#options);
    const now = this.#time.now();
    const { ttlJitter } = this.#options;
    const life = Math.ceil(ttlJitter === 0 ? ttl : ttl * (1 - ttlJitter * this.#options.random()));
    const expires = now + life;
    if (extras === undefined && expires <= FAR) {
      this.#place(key, value, expires, now, undefined);
    } else if (life === Infinity) {
      this.#place(key, value, NEVER, now, extras);
    } else if (expires <= FAR) {
      this.#place(key, value, expires, now, extras);
    } else {
      const far = extras ?? new Extras(undefined, 0, 0);
      far.farExpiry = this.#time.absolute(expires);
      this.#place(key, value, FAR, now, far);
    }
  }

  #place(key: K, value: V, expires: number, now: number, extras: Extras | undefined): void {
    this.sets++;
    const entry = this.#index.get(key);
    if (entry === undefined) this.#insert(key, value, expires, extras);
    else this.#overwrite(entry, value, expires, now, extras);
  }

  #insert(key: K, value: V, expires: number, extras: Extras | undefined): void {
    if (this.#size === this.#maxSize) {
      const oldest = this.#ring.oldest();
      if (this.#side === undefined && extras === undefined) {
        this.#recycle(oldest, key, value, expires);
        return;
      }
      this.#discard(oldest);
      this.evictions++;
      this.#add(key, value, expires, extras);
      this.#callbacks.tell(oldest.key, oldest.value, 'evict');
    } else this.#add(key, value, expires, extras);
  }

  #add(key: K, value: V, expires: number, extras: Extras | undefined): void {
    const entry = new Entry(key, value, expires);
    this.#index.set(key, entry);
    this.#ring.add(entry);
    this.#size++;
    if (expires !== NEVER) this.#mortal++;
    if (extras !== undefined) this.#attach(entry, extras);
    if (!this.#sweeper.running) this.#sweeper.settle();
  }

  /** Evicts an entry and uses it for the new key: no garbage, and the entries stay together in memory. Nobody else holds one without extras. */
  #recycle(entry: Entry<K, V>, key: K, value: V, expires: number): void {
    const { key: oldKey, value: oldValue } = entry;
    this.#index.delete(oldKey);
    this.evictions++;
    if (entry.expires !== NEVER) this.#mortal--;
    if (expires !== NEVER) this.#mortal++;
    entry.key = key;
    entry.value = value;
    entry.expires = expires;
    this.#index.set(key, entry);
    touch(this.#ring, entry.slot);
    if (!this.#sweeper.running || this.#mortal === 0) this.#sweeper.settle();
    if (this.#options.onRemove !== undefined) this.#callbacks.tell(oldKey, oldValue, 'evict');
  }

  #overwrite(entry: Entry<K, V>, value: V, expires: number, now: number, extras: Extras | undefined): void {
    const old = entry.value;
    const late = entry.expires <= now;
    if (late) this.expirations++;
    if (this.#side !== undefined) this.#side.delete(entry);
    if (entry.expires !== NEVER) this.#mortal--;
    if (expires !== NEVER) this.#mortal++;
    entry.value = value;
    entry.expires = expires;
    touch(this.#ring, entry.slot);
    if (extras !== undefined) this.#attach(entry, extras);
    if (!this.#sweeper.running || this.#mortal === 0) this.#sweeper.settle();
    if (this.#options.onRemove === undefined) return;
    if (late) this.#callbacks.tell(entry.key, old, 'expire');
    else if (!Object.is(old, value)) this.#callbacks.tell(entry.key, old, 'set');
  }

  /** Removes the entry of a key; returns whether it was live. */
  delete(key: K): boolean {
    const entry = this.#index.get(key);
    if (entry === undefined) return false;
    if (!this.#isLive(entry)) {
      // It may have stayed for its stale time.
      if (this.#index.get(key) === entry) this.#expire(entry);
      return false;
    }
    this.#discard(entry);
    this.#sweeper.settle();
    this.#callbacks.tell(key, entry.value, 'delete');
    return true;
  }

  /** Removes the entries with a tag; returns how many. */
  deleteTagged(tag: string): number {
    const tagged = this.#side?.tagged(tag) ?? [];
    for (const entry of tagged) this.#discard(entry);
    this.#sweeper.settle();
    for (const entry of tagged) this.#callbacks.tell(entry.key, entry.value, 'delete');
    return tagged.length;
  }

  /** Removes all entries and stops the timer. */
  clear(): void {
    const removed = this.#options.onRemove === undefined ? [] : this.#ring.entries();
    this.#index.clear();
    this.#ring.clear();
    this.#side = undefined;
    this.#size = 0;
    this.#mortal = 0;
    this.#sweeper.settle();
    for (const entry of removed) this.#callbacks.tell(entry.key, entry.value, 'clear');
  }

  /** The live entries, from the least to the most recently used. What leaves meanwhile is skipped. */
  *live(): Generator<Entry<K, V>, undefined, undefined> {
    const held = this.#ring.entries();
    const keys = held.map((entry) => entry.key);
    for (const [place, entry] of held.entries()) {
      // An entry that has been recycled has another key.
      if (!Object.is(entry.key, keys[place]) || this.#index.get(entry.key) !== entry) continue;
      if (this.#isLive(entry)) yield entry;
    }
  }

  #attach(entry: Entry<K, V>, extras: Extras): void {
    this.#side ??= new SideTable();
    this.#side.set(entry, extras);
  }

  /** Takes so much from every time that is kept. */
  #shift(by: number): void {
    this.#soon -= by;
    this.#burst?.end();
    for (const entry of this.#ring.entries()) {
      if (entry.expires === NEVER) continue;
      const far = this.#side?.get(entry)?.farExpiry;
      entry.expires = far === undefined ? entry.expires - by : Math.min(FAR, far - this.#time.absolute(0));
    }
  }

  /** Whether an entry has not expired, by the clock; removes it if it has, unless it is kept for its stale time. */
  #isLive(entry: Entry<K, V>): boolean {
    if (entry.expires === NEVER) return true;
    this.#sweeper.renew();
    const now = this.#time.now();
    if (entry.expires > now) return true;
    if (now >= entry.expires + (this.#side?.graceOf(entry) ?? 0)) this.#expire(entry);
    return false;
  }

  #expire(entry: Entry<K, V>): void {
    this.#discard(entry);
    this.expirations++;
    this.#sweeper.settle();
    this.#callbacks.tell(entry.key, entry.value, 'expire');
  }

  /** Takes an entry out of everything. */
  #discard(entry: Entry<K, V>): void {
    this.#index.delete(entry.key);
    this.#ring.remove(entry);
    this.#size--;
    if (entry.expires !== NEVER) this.#mortal--;
    if (this.#side !== undefined) this.#side.delete(entry);
  }
}
