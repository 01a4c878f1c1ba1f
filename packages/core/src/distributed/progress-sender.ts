import type { Clock } from '../clock.ts';
import type { RemotePhaseProgress } from '../run/remote-port.ts';

// Tokens come by the hundred a second; a reader sees no difference in twenty times a second.
const gatherMs = 50;

/** Sends what a phase tells to the coordinator, in order, small pieces of text gathered into larger ones. */
export class ProgressSender {
  readonly #send: (progress: RemotePhaseProgress) => void;
  readonly #clock: Clock;
  #text = '';
  #timer: unknown;

  /** Sends through a task's `progress`. */
  constructor(send: (progress: RemotePhaseProgress) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Adds text. */
  delta(text: string): void {
    this.#text += text;
    this.#timer ??= this.#clock.setTimeout(() => this.flush(), gatherMs);
  }

  /** Sends anything else, after the text so far. */
  send(progress: RemotePhaseProgress): void {
    this.flush();
    this.#send(progress);
  }

  /** Sends the text so far. */
  flush(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#send({ type: 'delta', text });
  }
}
