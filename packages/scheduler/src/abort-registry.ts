/** Something that a signal cancels. */
export interface Abortable {
  /** Called once, with the signal's reason. */
  abort(reason: unknown): void;
}

interface Entry {
  readonly targets: Set<Abortable>;
  readonly listener: () => void;
}

/** One listener per signal, however many tasks share it; none is left when the last of them has settled. */
export class AbortRegistry {
  readonly #entries: WeakMap<AbortSignal, Entry> = new WeakMap();
  /** The signal that was used last: tasks of one run share theirs, and a look into the table costs more than this. */
  #signal: AbortSignal | undefined;
  #entry: Entry | undefined;

  /** From now on the signal cancels the target. */
  add(signal: AbortSignal, target: Abortable): void {
    if (signal === this.#signal) {
      this.#entry?.targets.add(target);
      return;
    }
    const known = this.#entries.get(signal);
    if (known !== undefined) {
      this.#remember(signal, known);
      known.targets.add(target);
      return;
    }
    const targets = new Set([target]);
    const listener = (): void => {
      this.#forget(signal);
      for (const one of targets) one.abort(signal.reason);
    };
    const entry = { targets, listener };
    this.#entries.set(signal, entry);
    this.#remember(signal, entry);
    signal.addEventListener('abort', listener, { once: true });
  }

  /** The signal no longer concerns the target. */
  remove(signal: AbortSignal, target: Abortable): void {
    const entry = signal === this.#signal ? this.#entry : this.#entries.get(signal);
    if (entry === undefined) return;
    entry.targets.delete(target);
    if (entry.targets.size > 0) return;
    this.#forget(signal);
    signal.removeEventListener('abort', entry.listener);
  }

  #remember(signal: AbortSignal, entry: Entry): void {
    this.#signal = signal;
    this.#entry = entry;
  }

  #forget(signal: AbortSignal): void {
    this.#entries.delete(signal);
    if (signal !== this.#signal) return;
    this.#signal = undefined;
    this.#entry = undefined;
  }
}
