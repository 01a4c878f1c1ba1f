/**
 * Any Keyv store as a tier, and the memory cache as a Keyv store.
 *
 * @packageDocumentation
 */
export { KeyvMemoryStore, type KeyvStoreOptions } from './keyv-memory-store.ts';
export { type KeyvLike, keyvTier, type KeyvTierOptions } from './keyv-tier.ts';
