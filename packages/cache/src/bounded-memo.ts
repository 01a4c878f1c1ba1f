import QuickLRU from 'quick-lru';

/** What is remembered for a while because it would cost something to find out anew; forgotten when there is no room for it. */
export interface BoundedMemo<K, V> {
  /** What is remembered of a key. */
  get(key: K): V | undefined;
  /** Remembers something of a key. */
  set(key: K, value: V): unknown;
}

/**
 * Makes a memo of about `size` keys, of up to twice that while they turn over. This is the one file that knows quick-lru: where a bound may be rough
 * and no key has a time, its two generations make a write two to three times as cheap as an exact order does.
 */
export function boundedMemo<K, V>(size: number): BoundedMemo<K, V> {
  return new QuickLRU<K, V>({ maxSize: size });
}
