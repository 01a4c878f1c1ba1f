/** Remembers which keys changed while reads are under way, so that no read brings back what has been changed since. */
export class ChangeLog {
  readonly #changes = new Map<string, number>();
  #allChanged = 0;
  #serial = 0;
  #readers = 0;

  /** Begins a read; what it returns is what the other methods ask for. */
  begin(): number {
    this.#readers++;
    return this.#serial;
  }

  /** Whether a key was changed since a read began. */
  changedSince(key: string, begun: number): boolean {
    return this.#allChanged > begun || (this.#changes.get(key) ?? 0) > begun;
  }

  /** Ends a read. */
  end(): void {
    if (--this.#readers === 0) this.#changes.clear();
  }

  /** A key was changed. */
  note(key: string): void {
    this.#serial++;
    if (this.#readers > 0) this.#changes.set(key, this.#serial);
  }

  /** Every key was changed. */
  noteAll(): void {
    this.#serial++;
    this.#allChanged = this.#serial;
  }
}
