import { SchedulerError } from './errors.ts';
import { Ring } from './ring.ts';
import type { ThreadCall } from './thread-call.ts';
import { ThreadSlot } from './thread-slot.ts';
import type { SlotOptions } from './thread-slot.ts';
import { ThreadRun } from './thread-run.ts';

/** Options of the pool. */
export interface PoolOptions extends SlotOptions {
  /** The most threads at once, to begin with; 0 means that threads are refused. */
  readonly maxThreads: number;
}

/** The threads: none before the first call, then as many as are busy at once, never more than `maxThreads`. */
export class ThreadPool {
  readonly #options: PoolOptions;
  readonly #idle: ThreadSlot[] = [];
  readonly #slots: ThreadSlot[] = [];
  readonly #waiting: Ring<ThreadRun> = new Ring<ThreadRun>();
  readonly #active: Set<ThreadRun> = new Set<ThreadRun>();
  readonly #ending: Set<Promise<void>> = new Set<Promise<void>>();
  #maxThreads: number;
  #closed: Promise<void> | undefined;
  #started = 0;

  constructor(options: PoolOptions) {
    this.#maxThreads = options.maxThreads;
    this.#options = {
      ...options,
      onEvent: (event) => {
        if (event.type === 'thread-start') this.#started += 1;
        options.onEvent?.(event);
      },
    };
  }

  /** Threads that have been started in all. */
  get started(): number {
    return this.#started;
  }

  /** Threads that are at work. */
  get running(): number {
    return this.#slots.length - this.#idle.length;
  }

  /** Runs a task as soon as a thread is free. The run can be aborted at any time. */
  run(call: ThreadCall): ThreadRun {
    const run = new ThreadRun(call, this.#options.clock, this.#options.gracePeriodMs);
    if (this.#closed !== undefined) {
      run.refuse(new SchedulerError('ERR_SCHEDULER_CLOSED', 'The scheduler is closed; it runs no more tasks'));
    } else if (this.#maxThreads === 0) {
      run.refuse(
        new SchedulerError('ERR_SCHEDULER_THREADS_UNAVAILABLE', 'Worker threads are switched off (`threads: false`)'),
      );
    } else {
      this.#active.add(run);
      const slot = this.#slot();
      if (slot === undefined) this.#waiting.push(run);
      else this.#use(slot, run);
    }
    return run;
  }

  /** Another number of threads from now on: what waits for one starts where there is room, and those that are too many end when they are idle. */
  resize(maxThreads: number): void {
    this.#maxThreads = maxThreads;
    while (this.#slots.length < maxThreads) {
      const run = this.#next();
      if (run === undefined) break;
      this.#use(this.#slot() as ThreadSlot, run);
    }
    while (this.#slots.length > maxThreads) {
      const slot = this.#idle.pop();
      if (slot === undefined) break;
      this.#drop(slot);
    }
  }

  /** Ends every thread; what still runs is aborted. Idempotent. */
  close(reason: unknown): Promise<void> {
    this.#closed ??= this.#end(reason);
    return this.#closed;
  }

  async #end(reason: unknown): Promise<void> {
    // Those in line are over the moment that they are aborted, or were before: nobody will tell of their end.
    for (let run = this.#waiting.shift(); run !== undefined; run = this.#waiting.shift()) {
      run.abort(reason);
      this.#active.delete(run);
    }
    for (const run of this.#active) run.abort(reason);
    await Promise.all([...this.#active].map((run) => run.over));
    await Promise.all([...this.#slots.map((slot) => slot.close()), ...this.#ending]);
  }

  #slot(): ThreadSlot | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined || this.#slots.length >= this.#maxThreads) return idle;
    const slot = new ThreadSlot(this.#options);
    this.#slots.push(slot);
    return slot;
  }

  #use(free: ThreadSlot, run: ThreadRun): void {
    const slot = free.fits(run.task) ? free : this.#renewed(free);
    run.begin(slot, () => {
      this.#active.delete(run);
      if (this.#slots.length > this.#maxThreads) {
        this.#drop(slot);
        return;
      }
      const next = this.#next();
      if (next === undefined) this.#idle.push(slot);
      else this.#use(slot, next);
    });
  }

  /** A thread in the place of one that has loaded what is not so any more: nothing takes a module out of a thread. */
  #renewed(slot: ThreadSlot): ThreadSlot {
    const renewed = new ThreadSlot(this.#options);
    this.#slots.splice(this.#slots.indexOf(slot), 1, renewed);
    this.#close(slot);
    return renewed;
  }

  /** The next in line that is not over already. */
  #next(): ThreadRun | undefined {
    let next = this.#waiting.shift();
    while (next?.settled === true) {
      this.#active.delete(next);
      next = this.#waiting.shift();
    }
    return next;
  }

  #drop(slot: ThreadSlot): void {
    this.#slots.splice(this.#slots.indexOf(slot), 1);
    this.#close(slot);
  }

  #close(slot: ThreadSlot): void {
    const ending = slot.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
