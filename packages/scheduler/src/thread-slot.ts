import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort, TransferListItem } from 'node:worker_threads';

import { Tinypool } from 'tinypool';

import type { Clock } from './clock.ts';
import { SchedulerError } from './errors.ts';
import { reviveError, serializeError } from './serialize-error.ts';
import type { ThreadCall, ThreadEvent, ThreadResult } from './thread-call.ts';
import { exitError, failureOf } from './thread-failure.ts';
import type { AbortMessage, CallMessage, HelloMessage, Reply, ThreadMessage } from './worker/messages.ts';

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
}

type PoolWorker = Tinypool['threads'][number];

/** The longest that the end of a killed thread is waited for: native code can hold one up for ever. */
const killLimitMs = 1000;

/**
 * One thread, replaced whenever it ends; the only file that knows tinypool. Each slot is a pool of exactly one thread, so
 * that its queue stays empty, the thread of a call is known, and one thread's death concerns nobody else.
 */
export class ThreadSlot {
  readonly #options: SlotOptions;
  readonly #flags: Int32Array = new Int32Array(new SharedArrayBuffer(4));
  #pool: Tinypool | undefined;
  #worker: PoolWorker | undefined;
  #threadId = 0;
  #control: MessagePort | undefined;
  #calls = 0;
  /** The numbers of the tasks that the thread knows: by module, then by export. */
  readonly #known: Map<string, Map<string, number>> = new Map();
  #tasks = 0;
  /** Fails what is in flight when the thread dies in a way that tinypool does not report to it. */
  #fail: ((error: unknown) => void) | undefined;
  #killed = false;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  /** Whether a thread is there to take a call at once. */
  get ready(): boolean {
    return this.#worker !== undefined;
  }

  /** Starts the thread. Rejects with ERR_SCHEDULER_THREADS_UNAVAILABLE. */
  async start(): Promise<void> {
    const begun = this.#options.clock.now();
    try {
      const pool = this.#pool ?? this.#createPool();
      this.#pool = pool;
      const worker = pool.threads[0];
      if (worker === undefined) throw new Error('The pool has no thread');
      this.#watch(pool, worker);
      await this.#hello(pool);
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

  /** Sends a call to the thread, which is ready and idle. Throws what the handle's own `transfer` throws. */
  dispatch(call: ThreadCall, onProgress: ThreadCall['onProgress'], end: CallEnd): void {
    const transfer = transferList(call);
    this.#calls = (this.#calls % 0x3fff_ffff) + 1;
    const pool = this.#pool as Tinypool;
    const { task, input, attempt } = call;
    const control = this.#control as MessagePort;
    const progress = onProgress !== undefined;
    const known = this.#known.get(task.module)?.get(task.export);
    const number = known ?? (this.#tasks += 1);
    const message: CallMessage =
      known === undefined
        ? [this.#calls, number, input, attempt, progress, task.module, task.export]
        : [this.#calls, number, input, attempt, progress];
    // With a listener on the port a posted result may come as an event, before the reply that says it was posted.
    let early: ThreadMessage | undefined;
    const listener = progress
      ? (entry: ThreadMessage): void => {
          if (entry.kind === 'result') early = entry;
          else this.#receive(entry, onProgress);
        }
      : undefined;
    if (listener !== undefined) control.on('message', listener);
    let over = false;
    const settled = (): void => {
      over = true;
      this.#fail = undefined;
      if (listener !== undefined) control.off('message', listener);
    };
    this.#fail = (error) => {
      if (over) return;
      settled();
      end.rejected(failureOf(error, task));
    };
    const ended = (reply: Reply): void => {
      if (over) return;
      if (known === undefined) this.#learn(call.task, number);
      const value = this.#read(reply, onProgress, control, early);
      settled();
      if (isThrown(reply)) end.rejected(reviveError(reply.error));
      else end.fulfilled({ value, threadId: this.#threadId });
    };
    const failed = (error: unknown): void => {
      // Ended already, by `kill` or by the pool's error event: the slot may have a new thread by now.
      if (over) return;
      settled();
      // An input that cannot be cloned never left; anything else means that the thread is gone.
      if ((error as { name?: unknown } | null)?.name !== 'DataCloneError') this.#lost(error);
      end.rejected(failureOf(error, task));
    };
    pool.run(message, transfer.length === 0 ? undefined : { transferList: transfer }).then(ended, failed);
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
    this.#killed = true;
    const fail = this.#fail;
    this.#lost(undefined);
    await this.#discard();
    fail?.(new Error('killed'));
    this.#killed = false;
  }

  /** Ends the thread, which is idle. */
  async close(): Promise<void> {
    const threadId = this.#worker === undefined ? undefined : this.#threadId;
    this.#forget();
    await this.#discard();
    if (threadId !== undefined) this.#options.onEvent?.({ type: 'thread-end', threadId, reason: 'closed' });
  }

  #createPool(): Tinypool {
    const { maxMemoryMb } = this.#options;
    const pool = new Tinypool({
      filename: new URL('./worker/main.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: 1,
      // An idle thread keeps its loop turning, so that a leftover timer that throws hits nobody's task.
      useAtomics: false,
      ...(maxMemoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb } }),
    });
    // Without a listener, an exception that comes after its task has ended would take the main process down.
    pool.on('error', (error: unknown) => {
      if (pool !== this.#pool) return;
      const fail = this.#fail;
      this.#lost(error);
      if (fail === undefined) return;
      // The replacement died before it was up, and tinypool starts no second one.
      this.#pool = undefined;
      void pool.destroy();
      fail(error);
    });
    return pool;
  }

  /** tinypool never settles the task of a thread that exits; its own way for errors does all that is needed. */
  #watch(pool: Tinypool, worker: PoolWorker): void {
    worker.once('exit', (code: number) => {
      if (pool.threads.includes(worker)) worker.emit('error', exitError(code));
    });
  }

  async #hello(pool: Tinypool): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const message: HelloMessage = { control: port2, flags: this.#flags };
    try {
      await new Promise<void>((resolve, reject) => {
        this.#fail = reject;
        pool.run(message, { transferList: [port2] }).then(() => resolve(), reject);
      });
    } catch (error) {
      port1.close();
      throw error;
    } finally {
      this.#fail = undefined;
    }
    this.#control = port1;
    this.#known.clear();
  }

  /** The thread has answered, so it has seen the task's names: from now on the number is enough. */
  #learn(task: ThreadCall['task'], number: number): void {
    const exports = this.#known.get(task.module) ?? new Map<string, number>();
    exports.set(task.export, number);
    this.#known.set(task.module, exports);
  }

  #read(
    reply: Reply,
    onProgress: ThreadCall['onProgress'],
    control: MessagePort,
    early: ThreadMessage | undefined,
  ): unknown {
    const posted = typeof reply === 'object' && reply !== null;
    if (!posted && onProgress === undefined) return reply;
    let value: unknown = posted ? (early?.call === this.#calls ? early.value : undefined) : reply;
    // The port keeps order: all progress that was sent before the result is here by now.
    for (let entry = receiveMessageOnPort(control); entry !== undefined; entry = receiveMessageOnPort(control)) {
      const message = entry.message as ThreadMessage;
      if (message.kind !== 'result') this.#receive(message, onProgress);
      else if (message.call === this.#calls) value = message.value;
    }
    return value;
  }

  #receive(message: ThreadMessage, onProgress: ThreadCall['onProgress']): void {
    if (message.kind === 'progress' && message.call === this.#calls) onProgress?.(message.value);
  }

  #lost(error: unknown): void {
    const threadId = this.#worker === undefined ? undefined : this.#threadId;
    this.#forget();
    if (threadId === undefined) return;
    this.#options.onEvent?.(
      this.#killed
        ? { type: 'thread-end', threadId, reason: 'killed' }
        : { type: 'thread-end', threadId, reason: 'failed', error },
    );
  }

  #forget(): void {
    this.#worker = undefined;
    this.#control?.close();
    this.#control = undefined;
    this.#fail = undefined;
  }

  async #discard(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    if (pool === undefined) return;
    const { clock } = this.#options;
    let timer: unknown;
    const limit = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, killLimitMs);
    });
    await Promise.race([pool.destroy(), limit]);
    clock.clearTimeout(timer);
  }
}

function isThrown(reply: Reply): reply is Extract<Reply, { kind: 'thrown' }> {
  return typeof reply === 'object' && reply?.kind === 'thrown';
}

const nothing: TransferListItem[] = [];

function transferList(call: ThreadCall): TransferListItem[] {
  const own = (call.task.transfer as ((input: unknown) => readonly TransferListItem[]) | undefined)?.(call.input);
  if (own === undefined && call.transfer === undefined) return nothing;
  return [...(own ?? []), ...(call.transfer ?? [])];
}
