/**
 * A tier that keeps its entries in files, for many processes at once and without a native dependency.
 *
 * @packageDocumentation
 */
export type { FileEntry, FileTier, FileTierStats, SweepResult } from './contract.ts';
export { fileTier } from './file-tier.ts';
export type {
  FileCorruptEvent,
  FileTierEvent,
  FileTierLockOptions,
  FileTierOptions,
  SweepEndEvent,
  SweepErrorEvent,
} from './options.ts';
