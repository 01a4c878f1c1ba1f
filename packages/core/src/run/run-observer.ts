import type { OrcEvent } from '../events.ts';

/** Watches runs: told of each as it starts, before its first event. */
export interface RunObserver {
  /** Called for every run; the returned function gets each of its events. `task-delta` is left out. */
  observe(run: { readonly sessionId: string }): (event: OrcEvent) => void;
}
