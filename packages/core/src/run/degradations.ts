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
  say(what: DegradedPart, message: string): void {
    if (this.#said.has(what)) return;
    this.#said.set(what, { what, message });
    this.#hub.emit({ type: 'degrade', what, message });
  }
}
