import { longestWait, type Clock } from '../clock.ts';
import { Registry } from './registry.ts';

interface Deadline {
  readonly at: number;
  readonly expire: () => void;
}

/**
 * Many deadlines with one timer. Most work ends long before its own, and a timer for each would cost as much as a short piece of work; so
 * the timer stays as it is when a deadline is taken back, and looks again when it fires.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #pending = new Registry<Deadline>();
  #timer: unknown;
  #firesAt = Infinity;
  #closing = false;

  /** By this clock. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` once so much time has passed; returns how to take that back. */
  add(milliseconds: number, expire: () => void): () => void {
    const now = this.#clock.now();
    const at = now + milliseconds;
    if (at < this.#firesAt) this.#arm(at, now);
    const takeBack = this.#pending.add({ at, expire });
    return () => {
      takeBack();
      if (this.#closing && this.#pending.entries.length === 0) this.#disarm();
    };
  }

  /** Needs the timer no longer than for what is pending: work that others share goes on after the run that began it, within its limit. */
  close(): void {
    this.#closing = true;
    if (this.#pending.entries.length === 0) this.#disarm();
  }

  #disarm(): void {
    if (this.#firesAt !== Infinity) this.#clock.clearTimeout(this.#timer);
    this.#firesAt = Infinity;
  }

  #arm(at: number, now: number): void {
    this.#disarm();
    this.#firesAt = at;
    this.#timer = this.#clock.setTimeout(() => this.#look(), Math.min(longestWait, Math.ceil(at - now)));
  }

  #look(): void {
    this.#firesAt = Infinity;
    const now = this.#clock.now();
    const due: Deadline[] = [];
    let next = Infinity;
    for (const deadline of this.#pending.entries) {
      if (deadline.at <= now) due.push(deadline);
      else next = Math.min(next, deadline.at);
    }
    if (next !== Infinity) this.#arm(next, now);
    for (const { expire } of due) expire();
  }
}
