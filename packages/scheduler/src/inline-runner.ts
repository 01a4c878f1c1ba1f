import { AbortRegistry } from './abort-registry.ts';
import type { Abortable } from './abort-registry.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { SchedulerError } from './errors.ts';
import { clockOption, duration, expected, knownMembers, optionsObject } from './expected.ts';
import { whenRejected } from './promise-like.ts';
import type { CloseOptions, TaskRequest, TaskResult, TaskRunner, TaskRunOptions } from './runner.ts';
import { isTaskHandle } from './task.ts';
import type { TaskContext, TaskFunction, TaskHandle } from './task.ts';
import { timeoutError } from './thread-run.ts';

/** Options of {@link inlineRunner}. */
export interface InlineRunnerOptions {
  /** Milliseconds that an aborted task has to stop; then it is given up. @defaultValue 100 */
  readonly gracePeriodMs?: number | undefined;
  /** Where time comes from. @defaultValue the real time */
  readonly clock?: Clock | undefined;
}

/**
 * Runs tasks on this thread's event loop, each as soon as it is asked for. A handle's module is imported here, so handles of any
 * module work, and TypeScript where this process can load it.
 */
export function inlineRunner(
  tasks: Readonly<Record<string, TaskFunction | TaskHandle>> = {},
  options: InlineRunnerOptions = {},
): TaskRunner {
  return new InlineRunner(tasks, options);
}

/** Finds what a request asks for among what a runner knows. */
export function findTask<T extends TaskFunction | TaskHandle>(
  tasks: Readonly<Record<string, T>>,
  wanted: string | TaskHandle,
): T | TaskHandle {
  if (typeof wanted !== 'string') {
    if (isTaskHandle(wanted)) return wanted;
    throw expected('task', 'a name or a handle of defineTask', wanted, 'ERR_SCHEDULER_TASK');
  }
  const found = Object.hasOwn(tasks, wanted) ? tasks[wanted] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(tasks).map((name) => `\`${name}\``);
  throw new SchedulerError(
    'ERR_SCHEDULER_TASK_UNKNOWN',
    `Expected a task that this runner knows, got \`${wanted}\`; it knows ${names.join(', ') || 'none by name'}`,
  );
}

const optionNames: ReadonlySet<string> = new Set<keyof InlineRunnerOptions>(['gracePeriodMs', 'clock']);

class InlineRunner implements TaskRunner {
  readonly name = 'inline';
  readonly #tasks: Readonly<Record<string, TaskFunction | TaskHandle>>;
  readonly #clock: Clock;
  readonly #gracePeriodMs: number;
  readonly #aborts: AbortRegistry = new AbortRegistry();
  readonly #running: Map<Abortable, Promise<unknown>> = new Map<Abortable, Promise<unknown>>();
  readonly #deadlines: unknown[] = [];
  #closing: Promise<void> | undefined;

  constructor(tasks: Readonly<Record<string, TaskFunction | TaskHandle>>, options: InlineRunnerOptions) {
    optionsObject('options', options);
    knownMembers('the options of `inlineRunner`', options, optionNames);
    clockOption('clock', options.clock);
    if (options.gracePeriodMs !== undefined) duration('gracePeriodMs', options.gracePeriodMs);
    this.#tasks = tasks;
    this.#clock = options.clock ?? systemClock;
    this.#gracePeriodMs = options.gracePeriodMs ?? 100;
  }

  async run(request: TaskRequest, { signal }: TaskRunOptions = {}): Promise<TaskResult> {
    if (this.#closing !== undefined) throw closed();
    signal?.throwIfAborted();
    const task = findTask(this.#tasks, request.task);
    const controller = new AbortController();
    let giveUp: ((reason: unknown) => void) | undefined;
    const givenUp = new Promise<never>((_resolve, reject) => {
      giveUp = reject;
    });
    // Nobody may be racing against it yet, or any more.
    givenUp.catch(() => undefined);
    let grace: unknown;
    let over = false;
    const target: Abortable = {
      abort: (reason) => {
        if (controller.signal.aborted || over) return;
        grace = this.#clock.setTimeout(() => giveUp?.(reason), this.#gracePeriodMs);
        controller.abort(reason);
      },
    };
    const { timeoutMs } = request;
    const timer =
      timeoutMs === undefined
        ? undefined
        : this.#clock.setTimeout(() => target.abort(timeoutError(timeoutMs)), timeoutMs);
    if (signal !== undefined) this.#aborts.add(signal, target);
    const call = Promise.race([this.#call(task, request, controller.signal, target), givenUp]);
    this.#running.set(target, call);
    try {
      const value = await call;
      controller.signal.throwIfAborted();
      return { value };
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason;
      throw error;
    } finally {
      over = true;
      this.#running.delete(target);
      if (signal !== undefined) this.#aborts.remove(signal, target);
      if (timer !== undefined) this.#clock.clearTimeout(timer);
      if (grace !== undefined) this.#clock.clearTimeout(grace);
    }
  }

  close(options: CloseOptions = {}): Promise<void> {
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) duration('timeoutMs', timeoutMs);
    this.#closing ??= this.#close();
    if (timeoutMs !== undefined) this.#abortAfter(timeoutMs);
    return this.#closing;
  }

  async #call(
    task: TaskFunction | TaskHandle,
    request: TaskRequest,
    signal: AbortSignal,
    target: Abortable,
  ): Promise<unknown> {
    const call = (typeof task === 'function' ? task : await loadTask(task)) as TaskFunction<unknown>;
    const context: TaskContext = {
      signal,
      attempt: request.attempt ?? 1,
      progress: (value) => {
        if (signal.aborted) return;
        const mistaken = (error: unknown): void => target.abort(error);
        try {
          whenRejected(request.onProgress?.(value), mistaken);
        } catch (error) {
          mistaken(error);
        }
      },
    };
    return call(request.input, context);
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running.values());
    for (const timer of this.#deadlines) this.#clock.clearTimeout(timer);
  }

  #abortAfter(timeoutMs: number): void {
    if (this.#running.size === 0) return;
    const timer = this.#clock.setTimeout(() => {
      for (const target of this.#running.keys()) target.abort(closed());
    }, timeoutMs);
    this.#deadlines.push(timer);
  }
}

async function loadTask(task: TaskHandle): Promise<unknown> {
  let loaded: Record<string, unknown>;
  try {
    loaded = (await import(task.module)) as Record<string, unknown>;
  } catch (cause) {
    throw new SchedulerError(
      'ERR_SCHEDULER_TASK_MODULE',
      `Could not load the task's module ${task.module}: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  const call = loaded[task.export];
  if (typeof call === 'function') return call;
  throw new SchedulerError(
    'ERR_SCHEDULER_TASK_EXPORT',
    `Expected ${task.module} to export a function \`${task.export}\``,
  );
}

function closed(): SchedulerError {
  return new SchedulerError('ERR_SCHEDULER_CLOSED', 'The runner is closed; it runs no more tasks');
}
