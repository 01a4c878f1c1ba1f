import type { MessagePort } from 'node:worker_threads';

import type { SerializedError } from '../serialize-error.ts';

/** The first message to a thread: what it shares with its slot. */
export interface HelloMessage {
  /** Aborts go in, progress and results come out. */
  readonly control: MessagePort;
  /** Holds the number of the call that has been aborted. */
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
  /** Whether anybody wants progress: what nobody reads would pile up in the port. */
  progress: boolean,
  module?: string,
  export_?: string,
];

/** How a call ended: a primitive value as itself, a value that waits on the control port, or what was thrown. */
export type Reply =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | { readonly kind: 'posted' }
  | { readonly kind: 'thrown'; readonly error: SerializedError };

/** From the thread to its slot, on the control port. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly call: number; readonly value: unknown };

/** From the slot to its thread, on the control port. */
export interface AbortMessage {
  readonly call: number;
  readonly reason: SerializedError;
}
