/** Holds back what has not started yet, while a run is paused. */
export class Gate {
  #closed: Promise<void> | undefined;
  #open: (() => void) | undefined;

  /** What to wait for before starting; `undefined` while the gate is open. */
  get wait(): Promise<void> | undefined {
    return this.#closed;
  }

  /** Closes the gate. Returns whether it was open. */
  close(): boolean {
    if (this.#closed !== undefined) return false;
    this.#closed = new Promise((resolve) => {
      this.#open = resolve;
    });
    return true;
  }

  /** Opens the gate. Returns whether it was closed. */
  open(): boolean {
    if (this.#closed === undefined) return false;
    this.#closed = undefined;
    this.#open?.();
    return true;
  }
}
