import { setMaxListeners } from 'node:events';

/** The one source of cancellation of a run. Its `AbortSignal` exists only once somebody asks for it: a run of nothing but hits needs none. */
export class RunAbort {
  #controller: AbortController | undefined;
  #aborted = false;
  #reason: unknown;
  #timedOut = false;
  #listener: ((reason: unknown) => void) | undefined;
  #left = false;
  #leave: (() => void) | undefined;
  #leaving: Promise<void> | undefined;

  /** Whether the run is aborted. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** Why. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Whether the run has taken longer than it may: that fails it, where everything else cancels it. */
  get timedOut(): boolean {
    return this.#timedOut;
  }

  /** Aborts with the run. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // Every task in flight listens: more than ten are no leak.
      setMaxListeners(0, this.#controller.signal);
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Aborts the run; the second time changes nothing. */
  abort(reason: unknown, timedOut = false): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#timedOut = timedOut;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#listener?.(reason);
  }

  /** Resolves when the run is to end without what still runs. */
  get leaving(): Promise<void> {
    this.#leaving ??= this.#left
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#leave = resolve;
        });
    return this.#leaving;
  }

  /** Whether the run is to end without what still runs. */
  get left(): boolean {
    return this.#left;
  }

  /** Has the run end without what still runs, although it has been aborted. */
  leave(): void {
    this.#left = true;
    this.#leave?.();
  }

  /** Calls one listener when the run is aborted, at once if it is already. */
  onAbort(listener: (reason: unknown) => void): void {
    this.#listener = listener;
    if (this.#aborted) listener(this.#reason);
  }
}
