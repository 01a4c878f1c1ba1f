/**
 * What tests of caches and tiers need: a clock that is set by hand, a tier that fails on purpose, and the contract of tiers.
 *
 * @packageDocumentation
 */
export { type FaultyOptions, faultyTier, type FaultyTier } from './faulty-tier.ts';
export { ManualClock } from './manual-clock.ts';
export { type ContractCase, type MadeTier, tierContract } from './tier-contract.ts';
