import type { MessagePort } from 'node:worker_threads';

import type { SerializedError } from '../serialize-error.ts';

/** The first message to a thread: what it shares with its slot. */
export interface HelloMessage {
  readonly kind: 'hello';
  /** Aborts go in, progress and results come out. */
  readonly control: MessagePort;
  /** Holds the number of the call that has been aborted. */
  readonly flags: Int32Array;
}

/** One call of a task. */
export interface CallMessage {
  readonly kind: 'call';
  readonly call: number;
  readonly module: string;
  readonly export: string;
  readonly input: unknown;
  readonly attempt: number;
  /** Whether anybody wants progress: what nobody reads would pile up in the port. */
  readonly progress: boolean;
}

/** How a call ended: a small value, a value that waits on the control port, or what was thrown. */
export type Reply =
  | { readonly kind: 'value'; readonly value: unknown }
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
