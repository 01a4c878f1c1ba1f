import { CallerContext } from './caller-context.ts';
import type { Clock } from './clock.ts';
import { whenRejected } from './promise-like.ts';
import type { ThreadCall, ThreadResult } from './thread-call.ts';
import type { CallEnd, ThreadSlot } from './thread-slot.ts';

/**
 * One call's way through the pool: waiting, on a thread, over. An abort is a request first; a thread that has not stopped
 * after the grace period is ended. The promise settles when the work has really stopped.
 */
export class ThreadRun implements CallEnd {
  /** The result. */
  readonly promise: Promise<ThreadResult>;
  readonly #call: ThreadCall;
  readonly #clock: Clock;
  readonly #gracePeriodMs: number;
  /** Whose call it is, if anything of the caller's is called before it ends: that happens in the turns of others. */
  readonly #context: CallerContext | undefined;
  #resolve!: (result: ThreadResult) => void;
  #reject!: (error: unknown) => void;
  #over: Promise<void> | undefined;
  #end: (() => void) | undefined;
  #release: (() => void) | undefined;
  #slot: ThreadSlot | undefined;
  #dispatched = false;
  /** Set when it was sent a second time, since it had not begun when its thread ended: once is enough. */
  #again = false;
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
    const callsBack = call.onProgress !== undefined || call.task.transfer !== undefined;
    this.#context = callsBack ? new CallerContext() : undefined;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Settles, never rejects, when the thread is free again. Only for a run that is not over yet. */
  get over(): Promise<void> {
    this.#over ??= new Promise((resolve) => {
      this.#end = resolve;
    });
    return this.#over;
  }

  /** What is to be run. */
  get task(): ThreadCall['task'] {
    return this.#call.task;
  }

  /** Whether the caller has its answer. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Ends the run before it has begun. */
  refuse(error: unknown): void {
    this.#settled = true;
    this.#reject(error);
    this.#end?.();
  }

  /** Takes the slot; `release` is called when it is free again. */
  begin(slot: ThreadSlot, release: () => void): void {
    this.#slot = slot;
    this.#release = release;
    if (slot.ready) {
      this.#dispatch(slot);
      return;
    }
    slot.start().then(
      () => {
        if (this.#settled) this.#done();
        else this.#dispatch(slot);
      },
      (error: unknown) => {
        if (this.#settled) this.#done();
        else this.#finish(false, error);
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
      if (this.#slot === undefined) this.#end?.();
      return;
    }
    const slot = this.#slot as ThreadSlot;
    slot.cancel(reason);
    if (this.#gracePeriodMs === 0) this.#killing = slot.kill();
    else this.#grace = this.#clock.setTimeout(() => (this.#killing = slot.kill()), this.#gracePeriodMs);
  }

  fulfilled(result: ThreadResult): void {
    this.#finish(true, result);
  }

  rejected(thrown: unknown): void {
    if (this.#killing === undefined) this.#finish(false, thrown);
    else void this.#killing.then(() => this.#finish(false, thrown));
  }

  unbegun(error: unknown): void {
    if (this.#aborted || this.#again) {
      this.rejected(error);
      return;
    }
    this.#again = true;
    this.#dispatched = false;
    if (this.#timeout !== undefined) this.#clock.clearTimeout(this.#timeout);
    this.begin(this.#slot as ThreadSlot, this.#release as () => void);
  }

  #dispatch(slot: ThreadSlot): void {
    this.#dispatched = true;
    const { timeoutMs } = this.#call;
    if (timeoutMs !== undefined)
      this.#timeout = this.#clock.setTimeout(() => this.abort(timeoutError(timeoutMs)), timeoutMs);
    try {
      if (this.#context === undefined) slot.dispatch(this.#call, undefined, this);
      else this.#context.runInAsyncScope(() => slot.dispatch(this.#call, this.#progress(), this));
    } catch (error) {
      // The handle's own `transfer` threw, or the input cannot be cloned. Told in a later turn, as every other end: a long line of such
      // calls must not become a deep stack.
      queueMicrotask(() => this.#finish(false, error));
    }
  }

  #finish(fulfilled: boolean, value: unknown): void {
    if (this.#timeout !== undefined) this.#clock.clearTimeout(this.#timeout);
    if (this.#grace !== undefined) this.#clock.clearTimeout(this.#grace);
    this.#settled = true;
    // What a task still returns after its abort is dropped: the caller was promised the reason.
    if (this.#aborted) this.#reject(this.#reason);
    else if (fulfilled) this.#resolve(value as ThreadResult);
    else this.#reject(value);
    this.#done();
  }

  #done(): void {
    this.#end?.();
    this.#release?.();
  }

  #progress(): ((value: unknown) => void) | undefined {
    const { onProgress } = this.#call;
    if (onProgress === undefined) return undefined;
    return (value) => {
      if (this.#aborted) return;
      // The caller's own mistake, told to the caller; thrown from here it would end the process.
      const mistaken = (error: unknown): void => this.abort(error);
      try {
        whenRejected(this.#context?.runInAsyncScope(onProgress, undefined, value), mistaken);
      } catch (error) {
        mistaken(error);
      }
    };
  }
}

/** The reason of a task that took too long. */
export function timeoutError(timeoutMs: number): DOMException {
  return new DOMException(`The task took longer than ${String(timeoutMs)} ms`, 'TimeoutError');
}
