import QuickLRU from 'quick-lru';

/** From a key to what is held for it. */
export interface KeyIndex<K, E> {
  /** What is held for the key. */
  get(key: K): E | undefined;
  /** Holds something for the key. */
  set(key: K, entry: E): unknown;
  /** Forgets the key. */
  delete(key: K): boolean;
  /** Forgets every key. */
  clear(): void;
}

/**
 * Makes the index for at most `maxSize` keys. This is the one file that knows quick-lru.
 *
 * quick-lru keeps two generations and turns them over when `maxSize` keys are new. With room for one more key than is
 * ever held it never turns over: one generation, no copying, no eviction of its own. The order is kept beside it, in a ring.
 */
export function createKeyIndex<K, E>(maxSize: number): KeyIndex<K, E> {
  return new QuickLRU<K, E>({ maxSize: maxSize + 1 });
}
