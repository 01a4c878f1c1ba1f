import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort, TransferListItem } from 'node:worker_threads';

import type { Clock } from './clock.ts';
import { SchedulerError } from './errors.ts';
import { expected } from './expected.ts';
import { endPool, poolOfOne, watchExit } from './pool-of-one.ts';
import type { PoolOfOne, PoolWorker } from './pool-of-one.ts';
import { reviveError, serializeError } from './serialize-error.ts';
import type { ThreadCall, ThreadEvent, ThreadResult } from './thread-call.ts';
import { failureOf, unreadableError } from './thread-failure.ts';
import type { AbortMessage, CallMessage, HelloMessage, ThreadMessage } from './worker/messages.ts';

/** What every slot of a pool shares. */
export interface SlotOptions {
  readonly clock: Clock;
  readonly gracePeriodMs: number;
  readonly maxMemoryMb: number | undefined;
  readonly onEvent: ((event: ThreadEvent) => void) | undefined;
}

/** Who hears how a call ended: a callback and not a promise, since every hop counts on the way to a thread and back. */
export interface CallEnd {
  /** The task has returned. */
  fulfilled(result: ThreadResult): void;
  /** The task has thrown, or its thread is gone. */
  rejected(error: unknown): void;
  /** The thread is gone, by what an earlier task had left behind: this one had not begun, and its input is still here. */
  unbegun(error: unknown): void;
}

/**
 * One thread, replaced whenever it ends. Each slot is a pool of exactly one thread, so
 * that its queue stays empty, the thread of a call is known, and one thread's death concerns nobody else. tinypool starts, replaces and
 * ends the thread; calls and their ends go over a port of the slot's own.
 */
export class ThreadSlot {
  readonly #options: SlotOptions;
  readonly #flags: Int32Array = new Int32Array(new SharedArrayBuffer(8));
  #pool: PoolOfOne | undefined;
  #worker: PoolWorker | undefined;
  #threadId = 0;
  #control: MessagePort | undefined;
  #calls = 0;
  /** The numbers of the tasks that the thread knows: by module, then by export. */
  readonly #known: Map<string, Map<string, number>> = new Map();
  #tasks = 0;
  /** The files that the thread has loaded, as far as tasks tell, each with what it held. */
  readonly #loaded: Map<string, string> = new Map();
  /** The call in flight. */
  #call: ThreadCall | undefined;
  #onProgress: ThreadCall['onProgress'];
  /** Whether parts of its input have gone to the thread for good. */
  #moved = false;
  #end: CallEnd | undefined;
  /** Fails the start in progress. */
  #failStart: ((error: unknown) => void) | undefined;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  /** Whether a thread is there to take a call at once. */
  get ready(): boolean {
    return this.#worker !== undefined;
  }

  /** Whether the thread has loaded nothing of this task's module that has another content now. */
  fits({ files }: ThreadCall['task']): boolean {
    if (files === undefined || this.#loaded.size === 0) return true;
    for (const [file, held] of files) if ((this.#loaded.get(file) ?? held) !== held) return false;
    return true;
  }

  /** Starts the thread. Rejects with ERR_SCHEDULER_THREADS_UNAVAILABLE. */
  async start(): Promise<void> {
    const begun = this.#options.clock.now();
    try {
      const pool = this.#pool ?? this.#createPool();
      this.#pool = pool;
      const worker = pool.threads[0];
      if (worker === undefined) throw new Error('The pool has no thread');
      watchExit(pool, worker);
      await this.#hello(pool, worker);
      this.#worker = worker;
      this.#threadId = worker.threadId;
      this.#options.onEvent?.({
        type: 'thread-start',
        threadId: worker.threadId,
        durationMs: this.#options.clock.now() - begun,
      });
    } catch (cause) {
      this.#forget();
      await this.#discard();
      throw new SchedulerError(
        'ERR_SCHEDULER_THREADS_UNAVAILABLE',
        `No worker thread could be started: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
  }

  /** Sends a call to the thread, which is ready and idle. Throws what the handle's own `transfer` throws, and for an input that cannot be cloned. */
  dispatch(call: ThreadCall, onProgress: ThreadCall['onProgress'], end: CallEnd): void {
    const transfer = transferList(call);
    const { task, input, attempt } = call;
    const control = this.#control as MessagePort;
    const progress = onProgress !== undefined;
    const known = this.#known.get(task.module)?.get(task.export);
    const number = known ?? this.#tasks + 1;
    this.#calls = (this.#calls % 0x3fff_ffff) + 1;
    const message: CallMessage =
      known === undefined
        ? [this.#calls, number, input, attempt, progress, task.module, task.export]
        : [this.#calls, number, input, attempt, progress];
    try {
      control.postMessage(message, transfer);
    } catch (error) {
      throw failureOf(error, task);
    }
    if (known === undefined) this.#learn(task, number);
    this.#call = call;
    this.#moved = transfer.length > 0;
    this.#onProgress = onProgress;
    this.#end = end;
    // Work in progress keeps the process alive, an idle thread does not.
    control.ref();
  }

  /** Asks the call in flight to stop. */
  cancel(reason: unknown): void {
    const message: AbortMessage = { call: this.#calls, reason: serializeError(reason) };
    // The message first: who sees the flag finds the reason waiting.
    this.#control?.postMessage(message);
    Atomics.store(this.#flags, 0, this.#calls);
  }

  /** Ends the thread whatever it does; resolves when it has ended. */
  async kill(): Promise<void> {
    const call = this.#call;
    const end = this.#take();
    const tell = this.#farewell('killed');
    this.#forget();
    tell();
    await this.#discard();
    if (call !== undefined) end?.rejected(failureOf(new Error('killed'), call.task));
  }

  /** Ends the thread, which is idle. */
  async close(): Promise<void> {
    const tell = this.#farewell('closed');
    this.#forget();
    await this.#discard();
    tell();
  }

  #createPool(): PoolOfOne {
    const pool = poolOfOne(this.#options.maxMemoryMb, (error) => {
      if (pool !== this.#pool) return;
      const failStart = this.#failStart;
      if (failStart === undefined) {
        this.#lost(error);
        return;
      }
      // The replacement died before it was up, and tinypool starts no second one.
      this.#pool = undefined;
      void endPool(pool);
      failStart(error);
    });
    return pool;
  }

  async #hello(pool: PoolOfOne, worker: PoolWorker): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const message: HelloMessage = { control: port2, flags: this.#flags };
    try {
      await new Promise<void>((resolve, reject) => {
        this.#failStart = reject;
        pool.run(message, { transferList: [port2] }).then(() => resolve(), reject);
      });
    } catch (error) {
      port1.close();
      throw error;
    } finally {
      this.#failStart = undefined;
    }
    port1.on('message', (entry: ThreadMessage) => this.#receive(entry));
    port1.on('messageerror', (error: Error) => this.#unreadable('TASK_RESULT', error.message));
    // A dying thread closes its port first. Until it tells why it died, it has to keep the process alive itself.
    port1.on('close', () => worker.ref?.());
    port1.unref();
    this.#control = port1;
    this.#known.clear();
    this.#loaded.clear();
  }

  /** The port keeps order, so the thread will have seen the task's names before it sees the number alone. */
  #learn(task: ThreadCall['task'], number: number): void {
    this.#tasks = number;
    const exports = this.#known.get(task.module) ?? new Map<string, number>();
    exports.set(task.export, number);
    this.#known.set(task.module, exports);
    for (const [file, held] of task.files ?? []) this.#loaded.set(file, held);
  }

  #receive(message: ThreadMessage): void {
    const [kind, call, value] = message;
    if (kind === 'unreadable') {
      this.#unreadable('TASK_INPUT', value);
      return;
    }
    // What an earlier task has left behind still talks.
    if (call !== this.#calls) return;
    if (kind === 'progress') this.#onProgress?.(value);
    else if (kind === 'result') this.#take()?.fulfilled({ value, threadId: this.#threadId });
    else this.#take()?.rejected(reviveError(value));
  }

  #unreadable(what: 'TASK_INPUT' | 'TASK_RESULT', message: string): void {
    const { task } = this.#call ?? {};
    if (task !== undefined) this.#take()?.rejected(unreadableError(what, task, message));
  }

  /** Who is to hear of the end of the call in flight: whoever takes it tells. */
  #take(): CallEnd | undefined {
    const end = this.#end;
    this.#end = undefined;
    this.#call = undefined;
    this.#onProgress = undefined;
    this.#control?.unref();
    return end;
  }

  /** The thread is gone by itself. What it said before counts still. */
  #lost(error: unknown): void {
    const control = this.#control;
    const tell = this.#farewell('failed', error);
    // Whoever is next meets a slot that is not ready, and starts the replacement.
    this.#worker = undefined;
    this.#control = undefined;
    if (control !== undefined) {
      for (let entry = receiveMessageOnPort(control); entry !== undefined; entry = receiveMessageOnPort(control))
        this.#receive(entry.message as ThreadMessage);
      control.close();
    }
    tell();
    const call = this.#call;
    if (call === undefined) return;
    const failure = failureOf(error, call.task);
    if (Atomics.load(this.#flags, 1) === this.#calls || this.#moved) this.#take()?.rejected(failure);
    else this.#take()?.unbegun(failure);
  }

  /** The event of the thread's end, if there is a thread. */
  #farewell(reason: 'closed' | 'killed' | 'failed', error?: unknown): () => void {
    const { onEvent } = this.#options;
    if (this.#worker === undefined || onEvent === undefined) return () => undefined;
    const threadId = this.#threadId;
    return () => onEvent({ type: 'thread-end', threadId, reason, ...(reason === 'failed' ? { error } : {}) });
  }

  #forget(): void {
    this.#worker = undefined;
    this.#control?.close();
    this.#control = undefined;
  }

  async #discard(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    if (pool !== undefined) await endPool(pool);
  }
}

const nothing: TransferListItem[] = [];

function transferList(call: ThreadCall): TransferListItem[] {
  const own = (call.task.transfer as ((input: unknown) => readonly TransferListItem[]) | undefined)?.(call.input);
  if (own === undefined && call.transfer === undefined) return nothing;
  const all: unknown =
    own === undefined ? call.transfer : call.transfer === undefined ? own : [...own, ...call.transfer];
  if (!Array.isArray(all)) throw expected('transfer', 'an array', all);
  return all as TransferListItem[];
}
