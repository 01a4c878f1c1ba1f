import type { TransferListItem } from 'node:worker_threads';

const brand = Symbol.for('@orc/scheduler/moved');

/** A task's result of which parts are handed over instead of copied. */
export interface Moved<T> {
  /** The result. */
  readonly value: T;
  /** The parts to hand over. */
  readonly transfer: readonly TransferListItem[];
}

/**
 * Wraps a task's return value so that its buffers or ports move to the caller without a copy.
 *
 * @example
 * ```ts
 * export default function render(size: number) {
 *   const pixels = new Uint8Array(size);
 *   return moved(pixels, [pixels.buffer]);
 * }
 * ```
 */
export function moved<T>(value: T, transfer: readonly TransferListItem[]): T {
  // Typed as the value itself: on the caller's side only the value arrives.
  return { [brand]: true, value, transfer } as unknown as T;
}

/** Tells whether a value came from {@link moved}. */
export function isMoved(value: unknown): value is Moved<unknown> {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}
