import type { MessagePort } from 'node:worker_threads';

import type { SerializedError } from '../serialize-error.ts';

/** What tinypool hands to a new thread: what it shares with its slot. Everything else goes over the control port. */
export interface HelloMessage {
  /** Calls and aborts go in, progress and ends come out, in order. */
  readonly control: MessagePort;
  /** Holds the number of the call that has been aborted, and that of the last one that has begun. */
  readonly flags: Int32Array;
}

/**
 * One call of a task. A tuple, and the task by its number: on the way to a thread the names of fields cost more than what they
 * hold. Module and export come along until the thread is known to have them.
 */
export type CallMessage = readonly [
  call: number,
  task: number,
  input: unknown,
  attempt: number,
  /** Whether anybody wants progress: what nobody reads is not sent. */
  progress: boolean,
  module?: string,
  export_?: string,
];

/** From the slot to its thread: stop. */
export interface AbortMessage {
  readonly call: number;
  readonly reason: SerializedError;
}

/** From a thread to its slot. */
export type ThreadMessage =
  | readonly [kind: 'result', call: number, value: unknown]
  | readonly [kind: 'progress', call: number, value: unknown]
  | readonly [kind: 'thrown', call: number, error: SerializedError]
  /** A call came that could not be read: its data is of a kind that this thread cannot rebuild. */
  | readonly [kind: 'unreadable', call: undefined, message: string];
