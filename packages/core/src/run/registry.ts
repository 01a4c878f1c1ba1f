/**
 * A small set of what is there right now, for things that come and go with every run. An array, because a `Set` that is added to and
 * deleted from grows new tables all the time, and V8 keeps each old one pointing at the next: what a short run leaves then survives every
 * young collection.
 */
export class Registry<T> {
  readonly #entries: T[] = [];

  /** What is there. */
  get entries(): readonly T[] {
    return this.#entries;
  }

  /** Adds an entry; returns how to take it away. */
  add(entry: T): () => void {
    this.#entries.push(entry);
    return () => {
      const at = this.#entries.indexOf(entry);
      if (at === -1) return;
      const last = this.#entries.pop() as T;
      if (at < this.#entries.length) this.#entries[at] = last;
    };
  }
}
