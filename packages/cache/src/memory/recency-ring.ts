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

/**
 * A place is an even number: at it the links have the neighbour that was used after, and right behind it the one that was used before. This is the
 * place that holds nothing: the newest entry is before it, the oldest after it.
 */
const ROOT = 0;
/** The place of what stands among the entries where a sweep that is taking a break will go on. */
const MARKER = 2;
/** The first place for an entry, and how many links there are at first. */
const FIRST = 4;
const FEW = 32;

/**
 * The entries in the order of their last use, as a ring. The links are numbers in an array: to change a link between
 * objects costs a look at where they lie, for the sake of the garbage collector, and a hit changes six.
 */
export class RecencyRing<K, V> {
  /** For each place the neighbours, as {@link ROOT} has it. */
  links: Int32Array = new Int32Array(FEW);
  readonly #limit: number;
  #entries: (Entry<K, V> | undefined)[] = [];
  /** The end of the places that have ever been given out, and the first of those given back, chained through `links`. */
  #end = FIRST;
  #free = -1;

  /** Has room for so many entries, but takes it as they come. */
  constructor(maxSize: number) {
    this.#limit = 2 * maxSize + FIRST;
    this.clear();
  }

  /** Takes an entry in as the newest. */
  add(entry: Entry<K, V>): void {
    let slot = this.#free;
    if (slot < 0) {
      slot = this.#end;
      this.#end += 2;
      if (slot >= this.links.length) this.#grow();
    } else this.#free = after(this.links, slot);
    this.#entries[slot >> 1] = entry;
    entry.slot = slot;
    this.#link(slot, before(this.links, ROOT));
  }

  /** Takes an entry out. */
  remove(entry: Entry<K, V>): void {
    const { slot } = entry;
    if (slot < 0) return;
    this.#unlink(slot);
    this.#entries[slot >> 1] = undefined;
    entry.slot = -1;
    this.links[slot] = this.#free;
    this.#free = slot;
  }

  /** The entry that was used least recently; there must be one. */
  oldest(): Entry<K, V> {
    const slot = after(this.links, ROOT);
    return this.#at(slot === MARKER ? after(this.links, MARKER) : slot);
  }

  /** The entries, from the least to the most recently used. */
  entries(): Entry<K, V>[] {
    const entries: Entry<K, V>[] = [];
    for (let slot = after(this.links, ROOT); slot !== ROOT; slot = after(this.links, slot)) {
      if (slot !== MARKER) entries.push(this.#at(slot));
    }
    return entries;
  }

  /** Whether a walk is taking a break. */
  get walking(): boolean {
    return this.links[MARKER] !== MARKER;
  }

  /** Goes back to the oldest entry. */
  startWalk(): void {
    this.stopWalk();
    this.#link(MARKER, ROOT);
  }

  /** Gives a walk up. */
  stopWalk(): void {
    this.#unlink(MARKER);
    this.links[MARKER] = MARKER;
    this.links[MARKER + 1] = MARKER;
  }

  /** Calls `visit` for some entries, from where the walk stands on, until it returns false; says whether there are more. It may take out the entry that it is called for. */
  walk(visit: (entry: Entry<K, V>) => boolean): boolean {
    let slot = after(this.links, MARKER);
    this.stopWalk();
    for (let going = true; going && slot !== ROOT;) {
      const next = after(this.links, slot);
      going = visit(this.#at(slot));
      slot = next;
    }
    if (slot === ROOT) return false;
    this.#link(MARKER, before(this.links, slot));
    return true;
  }

  /** Forgets all entries. */
  clear(): void {
    this.links = new Int32Array(FEW);
    this.links[MARKER] = MARKER;
    this.links[MARKER + 1] = MARKER;
    this.#entries = [];
    this.#end = FIRST;
    this.#free = -1;
  }

  #at(slot: number): Entry<K, V> {
    return this.#entries[slot >> 1] as Entry<K, V>;
  }

  #link(slot: number, older: number): void {
    const { links } = this;
    const newer = after(links, older);
    links[slot + 1] = older;
    links[slot] = newer;
    links[older] = slot;
    links[newer + 1] = slot;
  }

  #unlink(slot: number): void {
    const { links } = this;
    const newer = after(links, slot);
    const older = before(links, slot);
    links[newer + 1] = older;
    links[older] = newer;
  }

  #grow(): void {
    const longer = new Int32Array(Math.min(this.links.length * 2, this.#limit));
    longer.set(this.links);
    this.links = longer;
    // An array that grows by itself takes half as much again.
    const entries = Array.from<Entry<K, V> | undefined>({ length: longer.length >> 1 });
    for (let place = FIRST >> 1; place < this.#entries.length; place++) entries[place] = this.#entries[place];
    this.#entries = entries;
  }
}

/** Makes an entry of a ring its newest. A function, not a method: on a hit every load counts. */
export function touch<K, V>({ links }: RecencyRing<K, V>, slot: number): void {
  const newest = before(links, ROOT);
  if (newest === slot) return;
  const newer = after(links, slot);
  const older = before(links, slot);
  links[newer + 1] = older;
  links[older] = newer;
  links[slot] = ROOT;
  links[slot + 1] = newest;
  links[newest] = slot;
  links[ROOT + 1] = slot;
}

/** The neighbour that was used after a place; every place that is asked for is there. */
function after(links: Int32Array, slot: number): number {
  return links[slot] as number;
}

/** The neighbour that was used before it. */
function before(links: Int32Array, slot: number): number {
  return links[slot + 1] as number;
}
