import type { Abortable } from './abort-registry.ts';
import { nextAttemptIn } from './retry.ts';
import { Ring } from './ring.ts';
import type { SchedulerCore } from './scheduler-core.ts';
import { tell } from './tell.ts';
import type { ThreadRun } from './thread-run.ts';
import { timeoutError } from './thread-run.ts';
import type { Waiter } from './waiting-line.ts';
import type { Lane, SubmitOptions, ThreadWork, Work, WorkContext, WorkFunction } from './work.ts';

type State = 'waiting' | 'running' | 'backoff' | 'done';

const noOptions: SubmitOptions = {};

/** One submitted piece of work, from the line to its end. It is its own context: a field less to allocate for each task. */
export class Job implements Waiter, Abortable, WorkContext {
  readonly cpu: boolean;
  readonly priority: number;
  place = 0;
  gone = false;
  attempt = 0;
  readonly lane: Lane;
  readonly #core: SchedulerCore;
  readonly #work: Work;
  readonly #options: SubmitOptions;
  readonly #resolve: (value: never) => void;
  readonly #reject: (error: unknown) => void;
  #state: State = 'waiting';
  #aborted = false;
  #reason: unknown;
  /** Set when the attempt in progress has taken too long: a failure of this attempt, not an abort of the task. */
  #expired: DOMException | undefined;
  #controller: AbortController | undefined;
  #thread: ThreadRun | undefined;
  #timer: unknown;
  #grace: unknown;
  /** The job whose slot this one runs on, or may. */
  #parent: Job | undefined;
  #onParentsSlot = false;
  #holdsSlot = false;
  #guest: Job | undefined;
  #children: Ring<Job> | undefined;
  /** What stands in line for it: itself, until it has once left the line out of turn. */
  #ticket: Waiter = this;

  constructor(
    core: SchedulerCore,
    work: Work,
    options: SubmitOptions | undefined,
    parent: Job | undefined,
    resolve: (value: never) => void,
    reject: (error: unknown) => void,
  ) {
    const onThread = typeof work !== 'function';
    this.#core = core;
    this.#work = work;
    this.#options = options ?? noOptions;
    this.#parent = parent;
    this.#resolve = resolve;
    this.#reject = reject;
    this.lane = options?.lane ?? (onThread ? 'cpu' : 'io');
    this.cpu = onThread;
    this.priority = options?.priority ?? 0;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** A getter, so that `({ submit }) => …` works and a task that never submits pays nothing. */
  get submit(): WorkContext['submit'] {
    return (work, options) => {
      const refusal = this.#core.check(work as Work, options, this.#state === 'running');
      if (refusal !== undefined) return Promise.reject(refusal);
      return new Promise((resolve, reject) => {
        new Job(this.#core, work as Work, options, this, resolve, reject).enter();
      });
    };
  }

  /** Takes its place: a slot at once, the parent's slot, or the line. */
  enter(): void {
    const { signal } = this.#options;
    if (signal !== undefined) this.#core.aborts.add(signal, this);
    this.#core.jobs.add(this);
    this.#line();
  }

  start(): void {
    this.#holdsSlot = true;
    this.#run();
  }

  abort(reason: unknown): void {
    if (this.#state === 'done' || this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    if (this.#state === 'waiting') {
      this.#core.lanes.drop(this.#ticket);
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
    this.#controller?.abort(reason);
  }

  #line(): void {
    this.#state = 'waiting';
    // The line still holds the place it has left; taken up again, that place would count twice.
    if (this.#ticket.gone) this.#ticket = this.#nextTicket();
    const parent = this.#parent;
    const { lanes } = this.#core;
    if (parent === undefined || parent.#state !== 'running') {
      lanes.enter(this.#ticket);
    } else if (lanes.tryEnter(this.cpu)) {
      this.start();
    } else if (parent.#guest === undefined) {
      this.#runOnSlotOf(parent);
    } else {
      (parent.#children ??= new Ring<Job>()).push(this);
      lanes.wait(this.#ticket);
    }
  }

  #nextTicket(): Waiter {
    const { cpu, priority } = this;
    return { cpu, priority, place: 0, gone: false, start: () => this.start() };
  }

  #runOnSlotOf(parent: Job): void {
    parent.#guest = this;
    this.#onParentsSlot = true;
    this.#run();
  }

  #run(): void {
    this.#state = 'running';
    this.attempt += 1;
    const { onEvent } = this.#core;
    if (onEvent !== undefined) onEvent({ type: 'task-start', lane: this.lane, attempt: this.attempt });
    const work = this.#work;
    if (typeof work === 'function') this.#call(work);
    else this.#dispatch(work);
  }

  #call(work: WorkFunction): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs !== undefined) this.#timer = this.#core.clock.setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    let result: unknown;
    try {
      result = work(this);
    } catch (error) {
      this.#failed(error, this.attempt);
      return;
    }
    if (typeof (result as PromiseLike<unknown> | null | undefined)?.then !== 'function') {
      this.#fulfilled(result, this.attempt);
      return;
    }
    const { attempt } = this;
    (result as PromiseLike<unknown>).then(
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
      this.#line();
    }, wait);
    this.#giveSlotBack();
  }

  #settle(fulfilled: boolean, value: unknown): void {
    const started = this.#state === 'running';
    if (this.#state === 'backoff') this.#core.backoff(-1);
    this.#state = 'done';
    this.#clearTimers();
    const { signal } = this.#options;
    if (signal !== undefined) this.#core.aborts.remove(signal, this);
    if (fulfilled) this.#resolve(value as never);
    else this.#reject(value);
    this.#core.jobs.delete(this);
    if (started) this.#giveSlotBack();
    this.#core.settled(this.lane, fulfilled ? 'fulfilled' : this.#aborted ? 'cancelled' : 'failed', this.attempt);
  }

  #clearTimers(): void {
    if (this.#timer !== undefined) this.#core.clock.clearTimeout(this.#timer);
    if (this.#grace !== undefined) this.#core.clock.clearTimeout(this.#grace);
    this.#timer = undefined;
    this.#grace = undefined;
  }

  #giveSlotBack(): void {
    const guest = this.#guest;
    this.#guest = undefined;
    if (guest !== undefined) {
      this.#leaveSlotTo(guest);
    } else if (this.#onParentsSlot) {
      this.#onParentsSlot = false;
      const parent = this.#parent as Job;
      parent.#guest = undefined;
      parent.#nextGuest();
    } else if (this.#holdsSlot) {
      this.#holdsSlot = false;
      this.#core.lanes.leave(this.cpu);
    }
  }

  /** The child that runs on this slot keeps it: as its own, or as the guest of whose guest this one was. */
  #leaveSlotTo(guest: Job): void {
    if (this.#onParentsSlot) {
      this.#onParentsSlot = false;
      const parent = this.#parent as Job;
      parent.#guest = guest;
      guest.#parent = parent;
      return;
    }
    this.#holdsSlot = false;
    guest.#onParentsSlot = false;
    guest.#holdsSlot = true;
    // The slot goes to work of another kind: the count of thread slots follows.
    this.#core.lanes.exchange(this.cpu, guest.cpu);
  }

  #nextGuest(): void {
    for (let child = this.#children?.shift(); child !== undefined; child = this.#children?.shift()) {
      if (child.#state !== 'waiting' || child.#ticket.gone) continue;
      this.#core.lanes.drop(child.#ticket);
      child.#runOnSlotOf(this);
      // A child that ended synchronously has called this method itself.
      return;
    }
  }
}
