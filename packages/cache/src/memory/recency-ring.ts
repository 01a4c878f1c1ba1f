/** The largest number that V8 keeps inside a field instead of in an object of its own; here it means "never". */
export const NEVER = 0x7fffffff;

/** What is held for one key: four fields, 56 bytes, and nothing else unless it has tags or stale times. */
export class Entry<K, V> {
  /** The key, so that an eviction can find its place in the index. */
  key: K;
  /** The value, by reference. */
  value: V;
  /** When it expires, in ms since the epoch of its cache; {@link NEVER} if it does not. */
  expires: number;
  /** Its place in the ring; -1 when it is in none. */
  slot = -1;

  /** Makes an entry that is in no ring. */
  constructor(key: K, value: V, expires: number) {
    this.key = key;
    this.value = value;
    this.expires = expires;
  }
}

/** The place that holds nothing: the newest entry is older than it, the oldest is newer. */
const ROOT = 0;
/** The place of what stands among the entries where a sweep that is taking a break will go on. */
const MARKER = 1;
/** The first place for an entry, and how many places there are at first. */
const FIRST = 2;
const FEW = 16;

/**
 * The entries in the order of their last use, as a ring. The links are numbers in two arrays: to change a link between
 * objects costs a look at where they lie, for the sake of the garbage collector, and a hit changes six.
 */
export class RecencyRing<K, V> {
  /** For each place, that of the neighbour that was used after it. */
  newer: Int32Array = new Int32Array(FEW);
  /** For each place, that of the neighbour that was used before it. */
  older: Int32Array = new Int32Array(FEW);
  readonly #limit: number;
  #entries: (Entry<K, V> | undefined)[] = [];
  /** How many places have ever been given out, and the first of those given back, chained through `newer`. */
  #end = FIRST;
  #free = -1;

  /** Has room for so many entries, but takes it as they come. */
  constructor(maxSize: number) {
    this.#limit = maxSize + FIRST;
    this.clear();
  }

  /** Takes an entry in as the newest. */
  add(entry: Entry<K, V>): void {
    let slot = this.#free;
    if (slot < 0) {
      slot = this.#end++;
      if (slot >= this.newer.length) this.#grow();
    } else this.#free = at(this.newer, slot);
    this.#entries[slot] = entry;
    entry.slot = slot;
    this.#link(slot, at(this.older, ROOT));
  }

  /** Takes an entry out. */
  remove(entry: Entry<K, V>): void {
    const { slot } = entry;
    if (slot < 0) return;
    this.#unlink(slot);
    this.#entries[slot] = undefined;
    entry.slot = -1;
    this.newer[slot] = this.#free;
    this.#free = slot;
  }

  /** The entry that was used least recently; there must be one. */
  oldest(): Entry<K, V> {
    const slot = at(this.newer, ROOT);
    return this.#entries[slot === MARKER ? at(this.newer, MARKER) : slot] as Entry<K, V>;
  }

  /** The entries, from the least to the most recently used. */
  entries(): Entry<K, V>[] {
    const entries: Entry<K, V>[] = [];
    for (let slot = at(this.newer, ROOT); slot !== ROOT; slot = at(this.newer, slot)) {
      if (slot !== MARKER) entries.push(this.#entries[slot] as Entry<K, V>);
    }
    return entries;
  }

  /** Whether a walk is taking a break. */
  get walking(): boolean {
    return this.newer[MARKER] !== MARKER;
  }

  /** Goes back to the oldest entry. */
  startWalk(): void {
    this.stopWalk();
    this.#link(MARKER, ROOT);
  }

  /** Gives a walk up. */
  stopWalk(): void {
    this.#unlink(MARKER);
    this.newer[MARKER] = MARKER;
    this.older[MARKER] = MARKER;
  }

  /** Calls `visit` for some entries, from where the walk stands on, until it returns false; says whether there are more. It may take out the entry that it is called for. */
  walk(visit: (entry: Entry<K, V>) => boolean): boolean {
    let slot = at(this.newer, MARKER);
    this.stopWalk();
    for (let going = true; going && slot !== ROOT;) {
      const next = at(this.newer, slot);
      going = visit(this.#entries[slot] as Entry<K, V>);
      slot = next;
    }
    if (slot === ROOT) return false;
    this.#link(MARKER, at(this.older, slot));
    return true;
  }

  /** Forgets all entries. */
  clear(): void {
    this.newer = new Int32Array(FEW);
    this.older = new Int32Array(FEW);
    this.newer[MARKER] = MARKER;
    this.older[MARKER] = MARKER;
    this.#entries = [];
    this.#end = FIRST;
    this.#free = -1;
  }

  #link(slot: number, older: number): void {
    const newer = at(this.newer, older);
    this.older[slot] = older;
    this.newer[slot] = newer;
    this.newer[older] = slot;
    this.older[newer] = slot;
  }

  #unlink(slot: number): void {
    const newer = at(this.newer, slot);
    const older = at(this.older, slot);
    this.older[newer] = older;
    this.newer[older] = newer;
  }

  #grow(): void {
    const length = Math.min(this.newer.length * 2, this.#limit);
    const copy = (links: Int32Array): Int32Array => {
      const longer = new Int32Array(length);
      longer.set(links);
      return longer;
    };
    this.newer = copy(this.newer);
    this.older = copy(this.older);
    // An array that grows by itself takes half as much again.
    const entries = Array.from<Entry<K, V> | undefined>({ length });
    for (let slot = FIRST; slot < this.#entries.length; slot++) entries[slot] = this.#entries[slot];
    this.#entries = entries;
  }
}

/** Makes an entry of a ring its newest. A function, not a method: on a hit every load counts. */
export function touch<K, V>({ newer, older }: RecencyRing<K, V>, slot: number): void {
  const newest = at(older, ROOT);
  if (newest === slot) return;
  const after = at(newer, slot);
  const before = at(older, slot);
  older[after] = before;
  newer[before] = after;
  newer[slot] = ROOT;
  older[slot] = newest;
  newer[newest] = slot;
  older[ROOT] = slot;
}

/** A link; every place that is asked for is there. */
function at(links: Int32Array, slot: number): number {
  return links[slot] as number;
}
