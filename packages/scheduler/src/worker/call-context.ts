import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { reviveError } from '../serialize-error.ts';
import type { TaskContext } from '../task.ts';
import type { AbortMessage, CallMessage, ThreadMessage } from './messages.ts';

/** What a task on a thread gets beside its input. The signal is made when it is first read: most tasks never do. */
export class CallContext implements TaskContext {
  readonly attempt: number;
  readonly #call: number;
  readonly #wanted: boolean;
  readonly #control: MessagePort;
  readonly #flags: Int32Array;
  #controller: AbortController | undefined;
  #abort: AbortMessage | undefined;

  constructor(message: CallMessage, control: MessagePort, flags: Int32Array) {
    this.#call = message[0];
    this.attempt = message[3];
    this.#wanted = message[4];
    this.#control = control;
    this.#flags = flags;
  }

  get signal(): AbortSignal {
    return (this.#controller ?? this.#listen()).signal;
  }

  /** A getter, so that `(input, { progress }) => …` works. */
  get progress(): (value: unknown) => void {
    return (value) => {
      if (!this.#wanted) return;
      const message: ThreadMessage = { kind: 'progress', call: this.#call, value };
      this.#control.postMessage(message);
    };
  }

  /** Takes what came on the control port. */
  receive(message: AbortMessage): void {
    if (message.call !== this.#call) return;
    this.#abort = message;
    this.#controller?.abort(reviveError(message.reason));
  }

  #listen(): AbortController {
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    const inherited = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted');
    // A computation that never lets the loop turn gets no message; the shared flag reaches it when it asks.
    Object.defineProperty(signal, 'aborted', {
      configurable: true,
      get: (): boolean => {
        const aborted = inherited?.get?.call(signal) === true;
        if (aborted || Atomics.load(this.#flags, 0) !== this.#call) return aborted;
        this.#drain();
        return inherited?.get?.call(signal) === true;
      },
    });
    if (this.#abort !== undefined) controller.abort(reviveError(this.#abort.reason));
    return controller;
  }

  #drain(): void {
    for (
      let entry = receiveMessageOnPort(this.#control);
      entry !== undefined;
      entry = receiveMessageOnPort(this.#control)
    ) {
      this.receive(entry.message as AbortMessage);
    }
  }
}
