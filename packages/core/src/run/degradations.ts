import { errorInfo } from '../errors.ts';
import type { OrcEvent } from '../events.ts';
import type { EventHub } from './event-hub.ts';

/** What can be missing while a run goes on without it. */
export type DegradedPart = Extract<OrcEvent, { type: 'degrade' }>['what'];

/** Something that a run had to go without. */
export interface Degradation {
  /** What was missing. */
  readonly what: DegradedPart;
  /** What that means, in one sentence. */
  readonly message: string;
}

/** Says once what a run goes without. */
export class Degradations {
  readonly #hub: EventHub;
  readonly #said = new Map<string, Degradation>();

  /** Tells them through a hub. */
  constructor(hub: EventHub) {
    this.#hub = hub;
    hub.onListenerError = (error, event) =>
      this.say('listener', `A listener of the run threw at ${event}: ${errorInfo(error).message}; the run goes on`, {
        // The end of a run is the last that is told: the result says it all the same.
        silent: event === 'run-end',
      });
  }

  /** All of them, in the order they were noticed. */
  get list(): readonly Degradation[] {
    return [...this.#said.values()];
  }

  /** Whether a part is known to be missing. */
  has(what: DegradedPart): boolean {
    return this.#said.has(what);
  }

  /** Notes that something is missing; the second time is silent. */
  say(what: DegradedPart, message: string, { silent = false }: { readonly silent?: boolean } = {}): void {
    if (this.#said.has(what)) return;
    this.#said.set(what, { what, message });
    if (!silent) this.#hub.emit({ type: 'degrade', what, message });
  }
}
