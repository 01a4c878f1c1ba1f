/** Says a message once, and again only when it still comes after a while: trouble that lasts must not fill a log. */
export class Repeats {
  readonly #said = new Map<string, { at: number; more: number }>();
  readonly #say: (message: string) => void;
  readonly #now: () => number;
  readonly #quietMs: number;

  /** Takes what says a message, the clock, and for how long an equal one is kept back. */
  constructor(say: (message: string) => void, now: () => number, quietMs: number = 60_000) {
    this.#say = say;
    this.#now = now;
    this.#quietMs = quietMs;
  }

  /** Says a message, with how often it came in between. */
  say(message: string): void {
    const now = this.#now();
    const before = this.#said.get(message);
    if (before !== undefined && now - before.at < this.#quietMs) {
      before.more += 1;
      return;
    }
    const more = before === undefined || before.more === 0 ? '' : ` (and ${before.more} times more since)`;
    this.#said.set(message, { at: now, more: 0 });
    this.#say(`${message}${more}`);
  }

  /** Forgets what was said: the trouble is over. Tells whether there was any. */
  over(): boolean {
    const any = this.#said.size > 0;
    this.#said.clear();
    return any;
  }
}
