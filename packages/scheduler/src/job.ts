import type { Abortable } from './abort-registry.ts';
import { CallerContext } from './caller-context.ts';
import { ChildPromise } from './child-promise.ts';
import { isPromiseLike } from './promise-like.ts';
import { nextAttemptIn } from './retry.ts';
import type { SchedulerCore } from './scheduler-core.ts';
import { SlotHolder } from './slot-holder.ts';
import { tell } from './tell.ts';
import type { ThreadRun } from './thread-run.ts';
import { timeoutError } from './thread-run.ts';
import type { Lane, SubmitOptions, ThreadWork, Work, WorkContext, WorkFunction } from './work.ts';

type State = 'waiting' | 'running' | 'backoff' | 'done';

const noOptions: SubmitOptions = {};

/** One submitted piece of work, from the line to its end. It is its own context: a field less to allocate for each task. */
class Job extends SlotHolder implements Abortable, WorkContext {
  attempt = 0;
  readonly lane: Lane;
  readonly #core: SchedulerCore;
  #work: Work | undefined;
  readonly #options: SubmitOptions;
  readonly #resolve: (value: never) => void;
  readonly #reject: (error: unknown) => void;
  #state: State = 'waiting';
  #aborted = false;
  #reason: unknown;
  /** Set when the attempt in progress has taken too long: a failure of this attempt, not an abort of the task. */
  #expired: DOMException | undefined;
  #controller: AbortController | undefined;
  /** Whose work it is, if it has to wait or may have to. */
  #context: CallerContext | undefined;
  #thread: ThreadRun | undefined;
  #timer: unknown;
  #grace: unknown;

  constructor(
    core: SchedulerCore,
    work: Work,
    options: SubmitOptions | undefined,
    outer: SlotHolder | undefined,
    resolve: (value: never) => void,
    reject: (error: unknown) => void,
  ) {
    const onThread = typeof work !== 'function';
    super(core.lanes, onThread, options?.priority ?? 0, outer);
    this.#core = core;
    this.#work = work;
    this.#options = options ?? noOptions;
    this.#resolve = resolve;
    this.#reject = reject;
    this.lane = options?.lane ?? (onThread ? 'cpu' : 'io');
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  // Getters, so that `({ submit }) => …` works and a task that never submits pays nothing.
  get submit(): WorkContext['submit'] {
    return (work, options) => submitFrom(this.#core, this, work as Work, options);
  }

  get release(): WorkContext['release'] {
    const { attempt } = this;
    return async (wait) => (attempt === this.attempt ? this.vacate(wait) : wait());
  }

  /** From now on it is the scheduler's: it takes a slot, or its place in line. */
  submitted(): void {
    const { signal, retry } = this.#options;
    if (signal !== undefined) this.#core.aborts.add(signal, this);
    // Before a second attempt it waits for a timer, which belongs to nobody.
    if (retry !== undefined) this.#context = new CallerContext();
    this.#core.jobs.add(this);
    this.enter();
  }

  abort(reason: unknown): void {
    if (this.#state === 'done' || this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    if (this.#state === 'waiting') {
      this.quit();
      this.#settle(false, reason);
    } else if (this.#state === 'backoff') {
      this.#settle(false, reason);
    } else if (this.#thread !== undefined) {
      this.#thread.abort(reason);
    } else {
      this.#stop(reason);
    }
  }

  #expire(timeoutMs: number): void {
    if (this.#aborted) return;
    this.#expired = timeoutError(timeoutMs);
    this.#stop(this.#expired);
  }

  /** Asks the attempt in progress to end, and gives it up after the grace period. */
  #stop(reason: unknown): void {
    const { attempt } = this;
    this.#grace ??= this.#core.clock.setTimeout(() => this.#failed(reason, attempt), this.#core.gracePeriodMs);
    this.goOnWithout();
    this.#controller?.abort(reason);
  }

  protected get wantsSlot(): boolean {
    return this.#state === 'running' && !this.#aborted && this.#expired === undefined;
  }

  protected slotChanged(): void {
    // The lanes count the slots; nothing here depends on them.
  }

  protected queued(): void {
    if (this.#state === 'waiting') this.#context ??= new CallerContext();
  }

  protected begin(): void {
    const context = this.#context;
    if (context === undefined) this.#start();
    else {
      // It knows what ran when this was submitted: kept for longer than needed, it would hold on to that.
      if (this.#options.retry === undefined) this.#context = undefined;
      context.runInAsyncScope(() => this.#start());
    }
  }

  #start(): void {
    this.#state = 'running';
    this.attempt += 1;
    const { onEvent } = this.#core;
    if (onEvent !== undefined) onEvent({ type: 'task-start', lane: this.lane, attempt: this.attempt });
    const work = this.#work;
    if (typeof work === 'function') this.#call(work);
    else if (work !== undefined) this.#dispatch(work);
  }

  #call(work: WorkFunction): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs !== undefined) this.#timer = this.#core.clock.setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    const { nesting } = this.#core;
    const { attempt } = this;
    let result: unknown;
    let later: boolean;
    try {
      result = nesting === undefined ? work(this) : nesting.run(this, work, this);
      later = isPromiseLike(result);
    } catch (error) {
      this.#failed(error, attempt);
      return;
    }
    if (!later) {
      this.#fulfilled(result, attempt);
      return;
    }
    // A thenable of somebody else's may call back twice, or throw; a promise of it does not.
    const promise = result instanceof Promise ? result : Promise.resolve(result);
    promise.then(
      (value) => this.#fulfilled(value, attempt),
      (error: unknown) => this.#failed(error, attempt),
    );
  }

  #dispatch(work: ThreadWork<never>): void {
    const { task, input, transfer, onProgress, onThread, firstAttempt = 1 } = work;
    const { attempt } = this;
    const { timeoutMs } = this.#options;
    const call = { task, input, transfer, onProgress, attempt: attempt + firstAttempt - 1, timeoutMs };
    this.#thread = this.#core.threads.run(call);
    this.#thread.promise.then(
      ({ value, threadId }) => {
        if (onThread !== undefined) tell(onThread, threadId);
        this.#fulfilled(value, attempt);
      },
      (error: unknown) => this.#failed(error, attempt),
    );
  }

  #fulfilled(value: unknown, attempt: number): void {
    // An attempt that was given up after its grace period may still end some day; that concerns nobody any more.
    if (this.#state !== 'running' || attempt !== this.attempt) return;
    if (this.#aborted) this.#settle(false, this.#reason);
    else if (this.#expired !== undefined) this.#failed(this.#expired, attempt);
    else this.#settle(true, value);
  }

  #failed(thrown: unknown, attempt: number): void {
    if (this.#state !== 'running' || attempt !== this.attempt) return;
    if (this.#aborted) {
      this.#settle(false, this.#reason);
      return;
    }
    const error = this.#expired ?? thrown;
    let wait: number | undefined;
    try {
      wait = nextAttemptIn(this.#options.retry, this.attempt, error, this.#core.random);
    } catch (mistake) {
      this.#settle(false, mistake);
      return;
    }
    if (wait === undefined) this.#settle(false, error);
    else this.#again(wait);
  }

  #again(wait: number): void {
    this.#clearTimers();
    this.#controller = undefined;
    this.#thread = undefined;
    this.#expired = undefined;
    this.#state = 'backoff';
    this.#core.backoff(1);
    this.#timer = this.#core.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#core.backoff(-1);
      this.#state = 'waiting';
      this.enter();
    }, wait);
    this.leave();
  }

  #settle(fulfilled: boolean, value: unknown): void {
    if (this.#state === 'backoff') this.#core.backoff(-1);
    this.#state = 'done';
    this.#clearTimers();
    const { signal } = this.#options;
    if (signal !== undefined) this.#core.aborts.remove(signal, this);
    if (fulfilled) this.#resolve(value as never);
    else this.#reject(value);
    this.#core.jobs.delete(this);
    // Promises and sockets that the task leaves behind may hold on to it: not to its function as well.
    this.#work = undefined;
    this.#context = undefined;
    this.retire();
    this.#core.settled(this.lane, fulfilled ? 'fulfilled' : this.#aborted ? 'cancelled' : 'failed', this.attempt);
  }

  #clearTimers(): void {
    if (this.#timer !== undefined) this.#core.clock.clearTimeout(this.#timer);
    if (this.#grace !== undefined) this.#core.clock.clearTimeout(this.#grace);
    this.#timer = undefined;
    this.#grace = undefined;
  }
}

/** Submits work that belongs to `outer`: while somebody waits for it, it never waits for the slot that `outer` holds. */
export function submitFrom<O>(
  core: SchedulerCore,
  outer: SlotHolder | undefined,
  work: Work,
  options: SubmitOptions | undefined,
): Promise<O> {
  const refusal = core.check(work, options, SlotHolder.hostIn(core.lanes, outer) !== undefined);
  if (refusal !== undefined) return Promise.reject(refusal);
  // What is not nested has no slot to borrow: its promise stays a native one, which is faster.
  if (!SlotHolder.lives(outer)) {
    return new Promise<O>((resolve, reject) => {
      new Job(core, work, options, undefined, resolve, reject).submitted();
    });
  }
  let job: Job | undefined;
  const promise = new ChildPromise<O>((resolve, reject) => {
    job = new Job(core, work, options, outer, resolve, reject);
  });
  promise.child = job;
  job?.submitted();
  return promise;
}
