import type { JsonObject, JsonValue } from '@orc/cache';

import type { ModelRequest, ModelUsage } from '../ai/model-client.ts';
import type { ErrorInfo } from '../events.ts';

/** One attempt of one task for another machine: plain data, so that a worker that has the same pipeline can execute it. */
export interface RemotePhaseRequest {
  /** Deterministic: the same work has the same id, so that finished work is found again. */
  readonly id: string;
  /** The pipeline; the worker must have one with this digest, or make it from `source`. */
  readonly pipeline: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly source?: string | undefined;
  };
  /** The phase. */
  readonly phase: string;
  /** The task's id. */
  readonly task: string;
  /** The item's path, `''` without one. */
  readonly key: string;
  /** The item. */
  readonly item: JsonValue | null;
  /** The outputs of the needs, by name; what `when` left out is absent. */
  readonly inputs: JsonObject;
  /** The request, resolved. */
  readonly request: JsonObject;
  /** The declared environment variables. */
  readonly env: JsonObject;
  /** The rendered prompt. */
  readonly prompt?: ModelRequest | undefined;
  /** The model's identity: the worker must make an equal one. */
  readonly model?: { readonly id: string; readonly identity: JsonObject } | undefined;
  /** Where a `loop` stands. */
  readonly loop?:
    | { readonly round: number; readonly best?: JsonValue | undefined; readonly score?: number | undefined }
    | undefined;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** Which draw of the model's this is, from 1. */
  readonly draw?: number | undefined;
  /** Milliseconds that it may take once it runs. */
  readonly timeoutMs?: number | undefined;
  /** What goes first where work waits: higher numbers. @defaultValue 0 */
  readonly priority?: number | undefined;
}

/** What a worker tells while it executes. */
export type RemotePhaseProgress =
  | { readonly type: 'progress'; readonly message?: string | undefined; readonly fraction?: number | undefined }
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'model-start'; readonly model: string }
  | {
      readonly type: 'model-end';
      readonly model: string;
      readonly durationMs: number;
      readonly usage: ModelUsage;
      readonly costUsd: number | null;
      readonly attempts: number;
      readonly finishReason: string;
    }
  /** A model client tries a call again. */
  | { readonly type: 'retry'; readonly attempt: number; readonly delayMs: number; readonly error: ErrorInfo };

/** What an attempt used, whether it succeeded or failed. */
export interface RemoteUsage {
  /** Tokens of its model calls. */
  readonly usage?: ModelUsage | undefined;
  /** US dollars of its model calls; `null` where a price is not known. */
  readonly costUsd?: number | null | undefined;
  /** Its model calls. */
  readonly calls?: number | undefined;
}

/** What a worker gives back. */
export interface RemotePhaseResult extends RemoteUsage {
  /** The output, not yet validated. */
  readonly value: unknown;
  /** Whether no reply on the way was truncated or filtered. An output of anything else is never cached. */
  readonly complete: boolean;
  /** The machine it ran on. */
  readonly worker?: string | undefined;
  /** The worker thread it ran on. */
  readonly threadId?: number | undefined;
}

/** A phase failed on another machine: `cause` is its own error, exactly as a local attempt would have thrown it. */
export class RemotePhaseFailure extends Error {
  /** What the failed attempt used: it is paid for. */
  readonly used: RemoteUsage;

  /** Wraps the error of the phase. */
  constructor(cause: unknown, used: RemoteUsage) {
    super('The phase failed on another machine', { cause });
    this.used = used;
  }

  /** The class's name, on the prototype as with every error of this package. */
  override get name(): string {
    return 'RemotePhaseFailure';
  }
}

/** Executes phases on other machines. `@orc/core/distributed` makes one from a Redis address. */
export interface RemotePhaseRunner {
  /** Its name, for messages. */
  readonly name: string;
  /** Rejects when the broker can't be reached; the run then stays on this machine. */
  connect(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** How many tasks the living workers take at once, all together. Without it as many are under way as this machine takes. */
  capacity?(): Promise<number>;
  /**
   * Executes one attempt. Rejects with the phase's own error, bare or in a {@link RemotePhaseFailure}; with `ERR_ORC_BROKER`
   * when the broker is lost; with `ERR_ORC_REFUSED` when the workers may not do this task; or with exactly `signal.reason`.
   */
  run(
    request: RemotePhaseRequest,
    options?: {
      readonly signal?: AbortSignal | undefined;
      readonly onProgress?: ((progress: RemotePhaseProgress) => void) | undefined;
    },
  ): Promise<RemotePhaseResult>;
  /** Lets go of the connection. */
  close(): Promise<void>;
}
