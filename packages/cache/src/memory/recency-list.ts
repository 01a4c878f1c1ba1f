/** The largest number that V8 keeps inside a field instead of in an object of its own; here it means "never". */
export const NEVER = 0x7fffffff;

/** What is held for one key: five fields, 64 bytes, and nothing else unless it has tags or stale times. */
export class Entry<K, V> {
  /** The key, so that an eviction can find its place in the index. */
  key: K;
  /** The value, by reference. */
  value: V;
  /** When it expires, in ms since the epoch of its cache; {@link NEVER} if it does not. */
  expires: number;
  /** The neighbour that was used after this one. */
  newer: Entry<K, V> = this;
  /** The neighbour that was used before this one. */
  older: Entry<K, V> = this;

  /** Makes an entry that is in no list. */
  constructor(key: K, value: V, expires: number) {
    this.key = key;
    this.value = value;
    this.expires = expires;
  }
}

/**
 * The entries in the order of their last use are a ring through a root that holds nothing: `root.older` is the newest
 * entry, `root.newer` the oldest. Functions, not methods: the cache has the root at hand, and every load counts on a hit.
 */
export function makeRoot<K, V>(): Entry<K, V> {
  return new Entry<K, V>(undefined as K, undefined as V, NEVER);
}

/** Puts an entry that is in no ring right after another one, as the next newer; after `root.older` it is the newest. */
export function addAfter<K, V>(entry: Entry<K, V>, older: Entry<K, V>): void {
  const newer = older.newer;
  entry.older = older;
  entry.newer = newer;
  older.newer = entry;
  newer.older = entry;
}

/** Makes an entry of the ring its newest. */
export function touch<K, V>(entry: Entry<K, V>, root: Entry<K, V>): void {
  const newest = root.older;
  if (newest === entry) return;
  const { newer, older } = entry;
  newer.older = older;
  older.newer = newer;
  entry.newer = root;
  entry.older = newest;
  newest.newer = entry;
  root.older = entry;
}

/** Takes an entry out. It points at itself from then on, so taking it out again does nothing. */
export function detach<K, V>(entry: Entry<K, V>): void {
  const { newer, older } = entry;
  newer.older = older;
  older.newer = newer;
  entry.newer = entry;
  entry.older = entry;
}
