import type { StandardSchemaV1 } from '@standard-schema/spec';

import type { JsonSchema, ModelReply, ModelRequest } from '../ai/model-client.ts';
import type { PhaseRequest } from './request.ts';

/** A phase's prompt: the text alone, or a whole request to the model. */
export type ModelPrompt = string | ModelRequest;

/** The model as a phase sees it. The phase's sampling and the run's seed are merged in; each call is told in events and counted. */
export interface PhaseModel {
  /** Its name, `provider/model`. */
  readonly id: string;
  /** Makes a call. Rejects with `ERR_ORC_MODEL_TRUNCATED` or `ERR_ORC_MODEL_FILTERED` when the reply is not whole. */
  generate(request: ModelRequest): Promise<ModelReply>;
  /** Makes a call and returns the reply's text. */
  text(prompt: ModelPrompt): Promise<string>;
  /** Makes a structured call and returns the value, checked by `validate` when that is given (`ERR_ORC_MODEL_OUTPUT`). */
  object<T = unknown>(
    request: ModelRequest & {
      readonly schema: JsonSchema;
      readonly validate?: StandardSchemaV1<unknown, T> | undefined;
    },
  ): Promise<T>;
}

/** What every function of a phase gets. */
export interface TaskContext<In = unknown, Item = unknown> {
  /** The outputs of the needs, by name. */
  readonly inputs: In;
  /** The item of this task; `undefined` in a phase without `forEach`. */
  readonly item: Item;
  /** The item's path, `''` in a phase without `forEach`. */
  readonly key: string;
  /** The declared parts of the request. */
  readonly request: PhaseRequest;
  /** The declared environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What `prompt` gets. */
export interface PromptContext<In = unknown, Item = unknown> extends TaskContext<In, Item> {
  /** The round of a `loop`, from 1, and the best output so far. */
  readonly loop?: LoopState | undefined;
}

/** Where a `loop` stands. */
export interface LoopState {
  /** The round, from 1. */
  readonly round: number;
  /** The best output so far; `undefined` in round 1. */
  readonly best?: unknown;
  /** Its score. */
  readonly score?: number | undefined;
}

/** What `run` gets. */
export interface PhaseContext<In = unknown, Item = unknown> extends PromptContext<In, Item> {
  /** The model; reading it in a phase that is not `llm` throws `ERR_ORC_UNDECLARED`. */
  readonly model: PhaseModel;
  /** The rendered prompt, when the phase has one. */
  readonly prompt: ModelRequest | undefined;
  /** Ends the work: hand it on to everything that waits. */
  readonly signal: AbortSignal;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** A random number in [0, 1), the same sequence in every run with the same seed. A phase that is not `llm` must declare `seed`. */
  readonly random: () => number;
  /** Tells how far the task is. */
  readonly report: (progress: {
    readonly message?: string | undefined;
    readonly fraction?: number | undefined;
  }) => void;
  /** Hands on text while it is written; for people only, no part of the output. */
  readonly delta: (text: string) => void;
}

/** What `forEach` gets, over all needs. */
export type ItemsContext<In = unknown> = Pick<TaskContext<In>, 'inputs' | 'request' | 'env'>;

/** What `items` of a nested `forEach` gets, as soon as one item of the other phase is done. */
export interface NestedItemsContext<Output = unknown> {
  /** The output of the other phase for this item. */
  readonly output: Output;
  /** The item of the other phase. */
  readonly item: unknown;
  /** The item's path. */
  readonly key: string;
  /** The declared parts of the request. */
  readonly request: PhaseRequest;
}
