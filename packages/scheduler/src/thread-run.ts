import type { Clock } from './clock.ts';
import type { ThreadCall, ThreadResult } from './thread-call.ts';
import type { ThreadSlot } from './thread-slot.ts';

/**
 * One call's way through the pool: waiting, on a thread, over. An abort is a request first; a thread that has not stopped
 * after the grace period is ended. The promise settles when the work has really stopped.
 */
export class ThreadRun {
  /** The result. */
  readonly promise: Promise<ThreadResult>;
  /** Settles, never rejects, when the thread is free again. */
  readonly over: Promise<void>;
  readonly #call: ThreadCall;
  readonly #clock: Clock;
  readonly #gracePeriodMs: number;
  #resolve!: (result: ThreadResult) => void;
  #reject!: (error: unknown) => void;
  #end!: () => void;
  #slot: ThreadSlot | undefined;
  #dispatched = false;
  #aborted = false;
  #reason: unknown;
  #grace: unknown;
  #timeout: unknown;
  #killing: Promise<void> | undefined;
  #settled = false;

  constructor(call: ThreadCall, clock: Clock, gracePeriodMs: number) {
    this.#call = call;
    this.#clock = clock;
    this.#gracePeriodMs = gracePeriodMs;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Whether the caller has its answer. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Ends the run before it has begun. */
  refuse(error: unknown): void {
    this.#settled = true;
    this.#reject(error);
    this.#end();
  }

  /** Takes the slot; `release` is called when it is free again. */
  begin(slot: ThreadSlot, release: () => void): void {
    this.#slot = slot;
    const done = (): void => {
      this.#end();
      release();
    };
    if (slot.ready) {
      this.#dispatch(slot, done);
      return;
    }
    slot.start().then(
      () => {
        if (this.#settled) done();
        else this.#dispatch(slot, done);
      },
      (error: unknown) => {
        if (!this.#settled) this.#finish(() => this.#reject(error));
        done();
      },
    );
  }

  /** Cancels; the promise rejects with exactly this reason. */
  abort(reason: unknown): void {
    if (this.#settled || this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    if (!this.#dispatched) {
      this.#settled = true;
      this.#reject(reason);
      if (this.#slot === undefined) this.#end();
      return;
    }
    const slot = this.#slot as ThreadSlot;
    slot.cancel(reason);
    if (this.#gracePeriodMs === 0) this.#killing = slot.kill();
    else this.#grace = this.#clock.setTimeout(() => (this.#killing = slot.kill()), this.#gracePeriodMs);
  }

  #dispatch(slot: ThreadSlot, done: () => void): void {
    this.#dispatched = true;
    const { timeoutMs } = this.#call;
    if (timeoutMs !== undefined)
      this.#timeout = this.#clock.setTimeout(() => this.abort(timeoutError(timeoutMs)), timeoutMs);
    let sent: Promise<ThreadResult>;
    try {
      sent = slot.dispatch({ ...this.#call, onProgress: this.#progress() });
    } catch (error) {
      // The handle's own `transfer` threw.
      this.#finish(() => this.#reject(error));
      done();
      return;
    }
    sent.then(
      (result) => {
        this.#finish(() => this.#resolve(result));
        done();
      },
      (error: unknown) => {
        const settle = (): void => {
          this.#finish(() => this.#reject(error));
          done();
        };
        if (this.#killing === undefined) settle();
        else void this.#killing.then(settle);
      },
    );
  }

  #finish(settle: () => void): void {
    if (this.#timeout !== undefined) this.#clock.clearTimeout(this.#timeout);
    if (this.#grace !== undefined) this.#clock.clearTimeout(this.#grace);
    this.#settled = true;
    // What a task still returns after its abort is dropped: the caller was promised the reason.
    if (this.#aborted) this.#reject(this.#reason);
    else settle();
  }

  #progress(): ((value: unknown) => void) | undefined {
    const { onProgress } = this.#call;
    if (onProgress === undefined) return undefined;
    return (value) => {
      if (this.#aborted) return;
      try {
        onProgress(value);
      } catch (error) {
        // The caller's own mistake, told to the caller; thrown from here it would end the process.
        this.abort(error);
      }
    };
  }
}

/** The reason of a task that took too long. */
export function timeoutError(timeoutMs: number): DOMException {
  return new DOMException(`The task took longer than ${String(timeoutMs)} ms`, 'TimeoutError');
}
