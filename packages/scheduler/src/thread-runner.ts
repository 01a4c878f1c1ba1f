import { AbortRegistry } from './abort-registry.ts';
import { SchedulerError } from './errors.ts';
import { duration } from './expected.ts';
import { findTask } from './inline-runner.ts';
import type { CloseOptions, TaskRequest, TaskResult, TaskRunner, TaskRunOptions } from './runner.ts';
import { coreOf } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';
import type { TaskHandle } from './task.ts';

/** Runs tasks on a scheduler's worker threads, in its `cpu` lane. Closing the runner leaves the scheduler open: it is the caller's. */
export function threadRunner(scheduler: Scheduler, tasks: Readonly<Record<string, TaskHandle>> = {}): TaskRunner {
  return new ThreadRunner(scheduler, tasks);
}

class ThreadRunner implements TaskRunner {
  readonly name = 'thread';
  readonly #scheduler: Scheduler;
  readonly #tasks: Readonly<Record<string, TaskHandle>>;
  readonly #aborts: AbortRegistry = new AbortRegistry();
  readonly #running: Map<AbortController, Promise<unknown>> = new Map<AbortController, Promise<unknown>>();
  readonly #deadlines: unknown[] = [];
  #closing: Promise<void> | undefined;

  constructor(scheduler: Scheduler, tasks: Readonly<Record<string, TaskHandle>>) {
    this.#scheduler = scheduler;
    this.#tasks = tasks;
  }

  async run(request: TaskRequest, { signal }: TaskRunOptions = {}): Promise<TaskResult> {
    if (this.#closing !== undefined) throw closed();
    signal?.throwIfAborted();
    const task = findTask(this.#tasks, request.task) as TaskHandle<unknown>;
    const { input, transfer, onProgress, attempt, priority, timeoutMs } = request;
    let threadId: number | undefined;
    const onThread = (id: number): void => void (threadId = id);
    const controller = new AbortController();
    const target = { abort: (reason: unknown) => controller.abort(reason) };
    if (signal !== undefined) this.#aborts.add(signal, target);
    const running = this.#scheduler.submit(
      { task, input, transfer, onProgress, onThread, firstAttempt: attempt },
      { priority, timeoutMs, signal: controller.signal },
    );
    this.#running.set(controller, running);
    try {
      return { value: await running, threadId };
    } finally {
      this.#running.delete(controller);
      if (signal !== undefined) this.#aborts.remove(signal, target);
    }
  }

  close(options: CloseOptions = {}): Promise<void> {
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) duration('timeoutMs', timeoutMs);
    this.#closing ??= this.#close();
    if (timeoutMs !== undefined) this.#abortAfter(timeoutMs);
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running.values());
    for (const timer of this.#deadlines) coreOf(this.#scheduler).clock.clearTimeout(timer);
  }

  #abortAfter(timeoutMs: number): void {
    if (this.#running.size === 0) return;
    const timer = coreOf(this.#scheduler).clock.setTimeout(() => {
      for (const controller of this.#running.keys()) controller.abort(closed());
    }, timeoutMs);
    this.#deadlines.push(timer);
  }
}

function closed(): SchedulerError {
  return new SchedulerError('ERR_SCHEDULER_CLOSED', 'The runner is closed; it runs no more tasks');
}
