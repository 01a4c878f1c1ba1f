import type { MessagePort } from 'node:worker_threads';

import { reviveError } from '../serialize-error.ts';
import type { TaskContext } from '../task.ts';
import type { AbortMessage, CallMessage, ThreadMessage } from './messages.ts';

/** What a thread and its slot share. */
export interface ThreadLink {
  /** Progress and ends go out here. */
  readonly control: MessagePort;
  /** Holds the number of the call that has been aborted, and that of the last one that has begun. */
  readonly flags: Int32Array;
  /** Takes in what waits on the port right now, while the loop does not turn. */
  readonly takeIn: () => void;
}

/** What a task on a thread gets beside its input. The signal is made when it is first read: most tasks never do. */
export class CallContext implements TaskContext {
  readonly attempt: number;
  readonly #call: number;
  readonly #wanted: boolean;
  readonly #link: ThreadLink;
  #controller: AbortController | undefined;
  #abort: AbortMessage | undefined;

  constructor(message: CallMessage, link: ThreadLink) {
    this.#call = message[0];
    this.attempt = message[3];
    this.#wanted = message[4];
    this.#link = link;
  }

  get signal(): AbortSignal {
    return (this.#controller ?? this.#listen()).signal;
  }

  /** A getter, so that `(input, { progress }) => …` works. */
  get progress(): (value: unknown) => void {
    return (value) => {
      if (!this.#wanted) return;
      const message: ThreadMessage = ['progress', this.#call, value];
      this.#link.control.postMessage(message);
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
        if (aborted || Atomics.load(this.#link.flags, 0) !== this.#call) return aborted;
        this.#link.takeIn();
        return inherited?.get?.call(signal) === true;
      },
    });
    if (this.#abort !== undefined) controller.abort(reviveError(this.#abort.reason));
    return controller;
  }
}
