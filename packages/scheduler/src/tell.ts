import { whenRejected } from './promise-like.ts';

/** Calls a listener of events. What it throws, at once or later, is its own: it breaks nothing here and ends no process. */
export function tell<E>(listener: (event: E) => unknown, event: E): void {
  try {
    whenRejected(listener(event), ignore);
  } catch {
    // Its own.
  }
}

function ignore(): void {
  // Its own.
}
