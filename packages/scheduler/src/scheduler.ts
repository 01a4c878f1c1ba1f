import { AbortRegistry } from './abort-registry.ts';
import { SchedulerError } from './errors.ts';
import { abortSignal, duration, expected, knownMembers, optionsObject } from './expected.ts';
import { submitFrom } from './job.ts';
import { Lanes } from './lanes.ts';
import { Nesting } from './nesting.ts';
import { resolveOptions } from './options.ts';
import type { ResolvedOptions, SchedulerOptions, Sizes } from './options.ts';
import { checkRetry } from './retry.ts';
import { Ring } from './ring.ts';
import type { CloseOptions } from './runner.ts';
import type { HeldRun, SchedulerCore } from './scheduler-core.ts';
import type { SchedulerEvent } from './scheduler-event.ts';
import type { SchedulerStats } from './scheduler-stats.ts';
import { isTaskHandle } from './task.ts';
import { SlotHolder } from './slot-holder.ts';
import { tell } from './tell.ts';
import { ThreadPool } from './thread-pool.ts';
import type { Lane, SubmitOptions, ThreadWork, Work } from './work.ts';

const submitNames: ReadonlySet<string> = new Set<keyof SubmitOptions>([
  'lane',
  'priority',
  'signal',
  'timeoutMs',
  'retry',
]);
const workNames: ReadonlySet<string> = new Set<keyof ThreadWork>([
  'task',
  'input',
  'transfer',
  'onProgress',
  'onThread',
  'firstAttempt',
]);
const readyNames: ReadonlySet<string> = new Set(['signal']);
const closeNames: ReadonlySet<string> = new Set<keyof CloseOptions>(['timeoutMs']);

const cores = new WeakMap<Scheduler, SchedulerCore>();

/** What the parts of this package may use of a scheduler. */
export function coreOf(scheduler: Scheduler): SchedulerCore {
  const core = cores.get(scheduler);
  if (core === undefined) throw expected('scheduler', 'a Scheduler of this copy of the package', scheduler);
  return core;
}

/**
 * Runs tasks on the event loop and on worker threads, at most `maxWorkers` at once, in order of priority.
 *
 * @example
 * ```ts
 * await using scheduler = new Scheduler({ maxWorkers: 4 });
 * const [page, words] = await Promise.all([
 *   scheduler.submit(({ signal }) => fetch(url, { signal })),
 *   scheduler.submit({ task: countWords, input: text }),
 * ]);
 * ```
 */
export class Scheduler implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  #sizes: Sizes;
  readonly #core: SchedulerCore;
  readonly #holds: Set<HeldRun> = new Set<HeldRun>();
  readonly #room: Ring<() => void> = new Ring<() => void>();
  #refusing = false;
  #completed = 0;
  #failed = 0;
  #cancelled = 0;
  #backingOff = 0;
  #closing: Promise<void> | undefined;
  #closed = false;
  readonly #deadlines: unknown[] = [];
  #drained: (() => void) | undefined;

  /**
   * Starts nothing: threads come with the first task that needs one.
   *
   * @throws ERR_SCHEDULER_OPTION
   */
  constructor(options: SchedulerOptions = {}) {
    const resolved = resolveOptions(options);
    const { onEvent } = resolved;
    const emit = onEvent === undefined ? undefined : (event: SchedulerEvent): void => tell(onEvent, event);
    this.#options = resolved;
    const sizes = resolved.sizesOf(resolved.maxWorkers);
    this.#sizes = sizes;
    this.#core = {
      aborts: new AbortRegistry(),
      lanes: new Lanes(sizes.maxWorkers, Math.max(1, sizes.maxThreads)),
      nesting: resolved.detectNesting ? new Nesting() : undefined,
      jobs: new Set(),
      threads: new ThreadPool({
        clock: resolved.clock,
        gracePeriodMs: resolved.gracePeriodMs,
        maxMemoryMb: resolved.maxThreadMemoryMb,
        maxThreads: sizes.maxThreads,
        onEvent: emit,
      }),
      clock: resolved.clock,
      gracePeriodMs: resolved.gracePeriodMs,
      random: resolved.random,
      onEvent: emit,
      check: (work, submitOptions, fromRunning) => this.#check(work, submitOptions, fromRunning),
      backoff: (change) => void (this.#backingOff += change),
      settled: (lane, status, attempts) => this.#settled(lane, status, attempts),
      hold: (run, fromRunning) => this.#hold(run, fromRunning),
    };
    cores.set(this, this.#core);
  }

  /**
   * Runs work as soon as a slot is free. The promise settles when the work has stopped: after an abort at most the grace
   * period later, with exactly `signal.reason`. While the buffer is full it waits for room first; `ready()` tells a producer when.
   * Inside a running task, whoever waits for the promise never waits for the slot that the task holds: from the `await` on (or `then` with a
   * function for the value), with no other slot free, one child at a time runs on it. Until then the child stands in line like any other.
   *
   * @throws ERR_SCHEDULER_CLOSED · ERR_SCHEDULER_OPTION · the codes of a task on a thread
   */
  submit<O, I = never>(work: Work<O, I>, options?: SubmitOptions): Promise<O> {
    return submitFrom(this.#core, this.#core.nesting?.current, work as Work, options);
  }

  /** Like {@link submit}, but `undefined` when nothing more may wait. */
  trySubmit<O, I = never>(work: Work<O, I>, options?: SubmitOptions): Promise<O> | undefined {
    return this.#full() ? undefined : this.submit(work, options);
  }

  /**
   * Resolves when one more task may wait or start: awaiting it before each `submit` keeps a producer at the pace of the workers.
   * A running task gives its slot back meanwhile. Rejects with exactly `signal.reason`.
   */
  async ready(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    knownMembers('the options of `ready`', options, readyNames);
    const { signal } = options;
    signal?.throwIfAborted();
    if (!this.#full()) return;
    const { lanes, nesting } = this.#core;
    const host = SlotHolder.hostIn(lanes, nesting?.current);
    await (host === undefined ? this.#untilRoom(signal) : host.vacate(() => this.#untilRoom(signal)));
  }

  /** Starts nothing more until {@link resume}; what runs goes on, with what it submits itself and waits for. */
  pause(): void {
    this.#core.lanes.pause();
  }

  /** Goes on after {@link pause}. */
  resume(): void {
    this.#core.lanes.resume();
    this.#wake();
  }

  /**
   * Other numbers of workers, threads and waiting tasks from now on: what waits starts at once where there is room for it, and where there are
   * too many at work nothing starts until enough have ended. `maxWorkers` as in the options: 0 = cores × 2.
   *
   * @throws ERR_SCHEDULER_OPTION
   */
  resize(maxWorkers: number): void {
    const { lanes, threads } = this.#core;
    const sizes = this.#options.sizesOf(maxWorkers);
    this.#sizes = sizes;
    threads.resize(sizes.maxThreads);
    lanes.resize(sizes.maxWorkers, Math.max(1, sizes.maxThreads));
    for (const run of this.#holds) run.resized();
    this.#wake();
  }

  /**
   * Counts something that is under way against `maxWorkers` until it has settled, such as work that was given up and goes on all the same. It
   * waits for no turn; where no slot is free, one less is handed out from now on. `close()` does not wait for it.
   */
  occupy(until: PromiseLike<unknown>): void {
    const { lanes } = this.#core;
    const leave = (): void => {
      lanes.leave(false);
      this.#wake();
    };
    lanes.occupy();
    until.then(leave, leave);
  }

  /** What is going on right now. */
  stats(): SchedulerStats {
    const { lanes, threads } = this.#core;
    return {
      maxWorkers: this.#sizes.maxWorkers,
      maxThreads: this.#sizes.maxThreads,
      running: lanes.running,
      runningThreads: threads.running,
      queued: lanes.waiting,
      capacity: this.#sizes.capacity,
      backingOff: this.#backingOff,
      completed: this.#completed,
      failed: this.#failed,
      cancelled: this.#cancelled,
      utilisation: Math.min(1, lanes.running / lanes.limit),
      threadsStarted: threads.started,
      paused: lanes.paused,
    };
  }

  /**
   * Refuses new work at once, lets what was accepted and the graph runs in progress end, then ends the threads. After
   * `timeoutMs` what is left is aborted with ERR_SCHEDULER_CLOSED. Idempotent: a second call returns the first one's promise, and
   * with a `timeoutMs` of its own it can shorten the wait.
   */
  close(options: CloseOptions = {}): Promise<void> {
    knownMembers('the options of `close`', options, closeNames);
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) duration('timeoutMs', timeoutMs);
    this.#closing ??= this.#close();
    if (timeoutMs !== undefined) this.#abortAfter(timeoutMs);
    return this.#closing;
  }

  /** Closes without a limit of time. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { clock, jobs, nesting, threads } = this.#core;
    this.#refusing = true;
    this.resume();
    while (jobs.size > 0 || this.#holds.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#closed = true;
    for (const timer of this.#deadlines) clock.clearTimeout(timer);
    await threads.close(closedError());
    nesting?.end();
  }

  #abortAfter(timeoutMs: number): void {
    if (this.#closed) return;
    const { clock, jobs } = this.#core;
    const timer = clock.setTimeout(() => {
      const reason = closedError();
      // Paused, so that what waits is not started only to be aborted.
      this.pause();
      for (const run of this.#holds) run.abort(reason);
      for (const job of jobs) job.abort(reason);
    }, timeoutMs);
    this.#deadlines.push(timer);
  }

  #check(work: Work, options: SubmitOptions | undefined, fromRunning: boolean): unknown {
    if (this.#refusing && !fromRunning) return closedError();
    if (typeof work !== 'function' && !isTaskHandle((work as { task?: unknown } | null)?.task)) {
      return expected('work', 'a function or {task, input} with a task of defineTask', work);
    }
    if (options === undefined && typeof work === 'function') return undefined;
    try {
      if (typeof work !== 'function') knownMembers('work for a thread', work, workNames);
      if (options === undefined) return undefined;
      optionsObject('options', options);
      knownMembers('the options of `submit`', options, submitNames);
      const { lane, priority, signal, timeoutMs, retry } = options;
      abortSignal('signal', signal);
      if (signal?.aborted === true) return signal.reason ?? new DOMException('Aborted', 'AbortError');
      if (priority !== undefined && !Number.isFinite(priority)) throw expected('priority', 'a finite number', priority);
      if (timeoutMs !== undefined) duration('timeoutMs', timeoutMs);
      if (lane !== undefined) checkLane(lane, work);
      checkRetry(retry);
    } catch (error) {
      return error;
    }
    return undefined;
  }

  async #untilRoom(signal: AbortSignal | undefined): Promise<void> {
    while (this.#full()) {
      await new Promise<void>((resolve, reject) => {
        const target = { abort: reject };
        if (signal !== undefined) this.#core.aborts.add(signal, target);
        this.#room.push(() => {
          if (signal !== undefined) this.#core.aborts.remove(signal, target);
          resolve();
        });
      });
      signal?.throwIfAborted();
    }
  }

  #full(): boolean {
    const { lanes } = this.#core;
    if (!lanes.paused && lanes.running < lanes.limit) return false;
    return lanes.waiting >= this.#sizes.capacity;
  }

  #settled(lane: Lane, status: 'fulfilled' | 'failed' | 'cancelled', attempts: number): void {
    if (status === 'fulfilled') this.#completed += 1;
    else if (status === 'failed') this.#failed += 1;
    else this.#cancelled += 1;
    this.#core.onEvent?.({ type: 'task-end', lane, status, attempts });
    if (this.#room.size > 0) this.#wake();
    this.#drained?.();
  }

  #wake(): void {
    for (let next = this.#full() ? undefined : this.#room.shift(); next !== undefined; next = this.#room.shift())
      next();
  }

  #hold(run: HeldRun, fromRunning: boolean): () => void {
    if (this.#refusing && !fromRunning) throw closedError();
    this.#holds.add(run);
    return () => {
      this.#holds.delete(run);
      this.#drained?.();
    };
  }
}

function closedError(): SchedulerError {
  return new SchedulerError('ERR_SCHEDULER_CLOSED', 'The scheduler is closed; it takes no more work');
}

function checkLane(lane: Lane, work: Work): void {
  if (lane !== 'io' && lane !== 'cpu' && lane !== 'compute') throw expected('lane', "'io', 'cpu' or 'compute'", lane);
  if (lane === 'cpu' && typeof work === 'function') {
    throw expected('work', "{task, input} in the lane 'cpu': a function cannot move to a thread", work);
  }
  if (lane !== 'cpu' && typeof work !== 'function')
    throw expected('lane', "'cpu' for a task, which runs on a thread", lane);
}
