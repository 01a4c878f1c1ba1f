/** Every code that a {@link CacheError} can carry. Callers branch on it; messages may change in a patch. */
export type CacheErrorCode =
  | 'ERR_CACHE_OPTION'
  | 'ERR_CACHE_CLOSED'
  | 'ERR_CACHE_REENTRANT'
  | 'ERR_CACHE_DIGEST'
  | 'ERR_CACHE_SERIALIZE'
  | 'ERR_CACHE_DIR'
  | 'ERR_CACHE_TIER'
  | 'ERR_CACHE_TIER_TIMEOUT'
  | 'ERR_CACHE_TIER_UNAVAILABLE';

const brand = Symbol.for('@orc/cache/error');

/** Every error that `@orc/cache` makes itself. An abort is never wrapped: it rejects with exactly `signal.reason`. */
export class CacheError extends Error {
  /** What went wrong, stable across versions. */
  readonly code: CacheErrorCode;
  /** The key that the operation was about, where there is one. */
  readonly key: unknown;

  /** Makes an error with a stable code; `cause` is the error behind it. */
  constructor(
    code: CacheErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly key?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.key = options.key;
  }
}

// On the prototype, so that two installed copies recognise each other's errors and neither shows in a dump.
Object.defineProperty(CacheError.prototype, 'name', { value: 'CacheError', configurable: true, writable: true });
Object.defineProperty(CacheError.prototype, brand, { value: true });

/** Tells whether a value is a {@link CacheError}, also one of another installed copy of this package. */
export function isCacheError(value: unknown): value is CacheError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
