import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TaskHandle } from '@orc/scheduler';

import type { ModuleGraph } from './module-graph.ts';
import type { RequestPart } from './request.ts';

/** What a phase is made of: a model's reply, files or network, a worker thread's work, or trivial work on the main thread. */
export type PhaseKind = 'llm' | 'io' | 'cpu' | 'compute';

/** An item of a fan-out, or the output for one: its key and its value. */
export interface Keyed<T> {
  /** The item's key: letters, digits, `.`, `_`, `-`; nested items are joined by `/`. */
  readonly key: string;
  /** The item, or the output for it. */
  readonly value: T;
}

/** The outputs of a fan-out phase, in item order. */
export type FanOut<Output> = readonly Keyed<Output>[];

declare const types: unique symbol;

/** A defined phase. Made by `definePhase`; other phases name it in their `needs`. */
export interface Phase<Output = unknown, IsFanOut extends boolean = boolean, IsConditional extends boolean = boolean> {
  /** Its id, unique in its pipeline. */
  readonly id: string;
  /** Its kind. */
  readonly kind: PhaseKind;
  /** Its title, for people. */
  readonly title: string;
  /** Whether it expands into many tasks. */
  readonly fanOut: boolean;
  /** Whether it has a `when`, so that its output may be missing. */
  readonly conditional: boolean;
  /** The ids of the phases it needs, without duplicates. */
  readonly needs: readonly string[];
  /** Everything that was defined. The engine's view, without types. */
  readonly definition: PhaseDefinition;
  /** Carries the types only; never there at run time. */
  readonly [types]?: { readonly output: Output; readonly fanOut: IsFanOut; readonly conditional: IsConditional };
}

/** An item-wise need: the output for this task's own item, or for the item that it descends from. */
export interface Each<P extends Phase = Phase> {
  /** Tells it from a plain need. */
  readonly wise: 'each';
  /** The fan-out phase that is needed. */
  readonly phase: P;
}

/** An item-wise need: all outputs under this task's item. */
export interface Within<P extends Phase = Phase> {
  /** Tells it from a plain need. */
  readonly wise: 'within';
  /** The fan-out phase that is needed. */
  readonly phase: P;
}

/** What may stand in a phase's `needs`. */
export type Need = Phase | Each | Within;

/** Needs the output of fan-out phase `phase` for this task's own item or its ancestor: chapter 3's scenes start when chapter 3's plan is ready. */
export function each<P extends Phase>(phase: P): Each<P> {
  return Object.freeze({ wise: 'each', phase });
}

/** Needs all outputs of fan-out phase `phase` under this task's item: a chapter's metrics start when that chapter's scenes are done. */
export function within<P extends Phase>(phase: P): Within<P> {
  return Object.freeze({ wise: 'within', phase });
}

/** The output type of one task of a phase; `undefined` is part of it when the phase has a `when`. */
export type TaskOutput<P> =
  P extends Phase<infer Output, boolean, infer IsConditional>
    ? true extends IsConditional
      ? Output | undefined
      : Output
    : never;

/** What a need hands over. */
export type NeedValue<N> =
  N extends Each<infer P>
    ? TaskOutput<P>
    : N extends Within<infer P>
      ? FanOut<TaskOutput<P>>
      : N extends Phase<unknown, infer IsFanOut>
        ? true extends IsFanOut
          ? FanOut<TaskOutput<N>>
          : TaskOutput<N>
        : never;

/** The inputs of a phase: one member per need. */
export type Inputs<N> = { readonly [Name in keyof N]: NeedValue<N[Name]> };

/** When to try a failed task again. */
export interface PhaseRetry {
  /** Attempts in all, 1 or more. */
  readonly attempts: number;
  /** Wait before the second attempt, in milliseconds. @defaultValue 250 */
  readonly backoffMs?: number | undefined;
  /** The longest wait, in milliseconds. @defaultValue 30000 */
  readonly maxBackoffMs?: number | undefined;
  /** What the wait is multiplied by from attempt to attempt. @defaultValue 2 */
  readonly factor?: number | undefined;
}

/**
 * What a phase declares to use besides its inputs; it is part of the key. What it does not declare of the request and of the environment can't
 * be read from its context; files, the network, the clock and what a function closes over nobody watches: see `docs/pipelines.md`.
 */
export interface PhaseUses<Context = unknown> {
  /** Parts of the request. */
  readonly request?: readonly RequestPart[] | undefined;
  /** Names of environment variables. */
  readonly env?: readonly string[] | undefined;
  /**
   * Files, absolute or relative to `request.input`, or a function that names those of one task. Their content is digested before the task and
   * after it: a result is kept only where they were the same. Costs two readings of each file per task.
   */
  readonly files?: readonly string[] | ((context: Context) => readonly string[]) | undefined;
}

/** What a phase declares, with empty lists where it declares nothing. */
export type DeclaredUses = { readonly [Name in keyof PhaseUses]-?: NonNullable<PhaseUses<never>[Name]> };

/** Fixed sampling of a phase's model calls; part of the key. */
export interface PhaseSampling {
  /** Another model than the run's, `provider/model`. */
  readonly model?: string | undefined;
  /** Sampling temperature. */
  readonly temperature?: number | undefined;
  /** Nucleus sampling mass. */
  readonly topP?: number | undefined;
  /** The most tokens a reply may have. */
  readonly maxOutputTokens?: number | undefined;
  /** Texts that end a reply. */
  readonly stop?: readonly string[] | undefined;
}

/** Caching of a phase's results. */
export interface PhaseCache<Output = unknown> {
  /** How long a result stays, in milliseconds; without it, as long as each tier keeps entries. */
  readonly ttl?: number | undefined;
  /** Says whether this output may be kept. */
  readonly when?: ((output: Output) => boolean) | undefined;
}

/** A file that a phase leaves for the user. */
export interface PhaseArtifact {
  /** Path inside the artifact folder, with forward slashes. */
  readonly path: string;
  /** Its content. */
  readonly content: string | Uint8Array;
}

/** The need of a phase as the engine sees it. */
export interface NeedDefinition {
  /** The name it has in `inputs`. */
  readonly name: string;
  /** The phase that is needed. */
  readonly phase: Phase;
  /** All of it, this item's output, or the outputs under this item. */
  readonly wise: 'all' | 'each' | 'within';
}

/** Bounded repetition: the best output by `score` is kept, never just the last. */
export interface PhaseLoop<Output = unknown> {
  /** The most rounds, 1 or more. */
  readonly max: number;
  /** Says whether an output is good enough, so that no further round is needed. */
  readonly until?: ((output: Output, state: { readonly round: number }) => boolean) | undefined;
  /** How good an output is; higher is better. */
  readonly score: (output: Output) => number;
}

/** A fan-out over the inputs, as the engine sees it. */
export interface ForEachInputs {
  /** Tells it from the other. */
  readonly over: 'inputs';
  /** Makes the items. */
  readonly items: (context: never) => readonly Keyed<unknown>[];
}

/** A fan-out over the items of another phase, as the engine sees it. */
export interface ForEachOther {
  /** Tells it from the other. */
  readonly over: 'phase';
  /** The phase whose items are followed. */
  readonly phase: Phase;
  /** Makes the items under one of them; without it, each is an item of this phase too. */
  readonly items?: ((context: never) => readonly Keyed<unknown>[]) | undefined;
}

/** The fan-out of a phase as the engine sees it. */
export type ForEachDefinition = ForEachInputs | ForEachOther;

/** A phase as the engine sees it: checked, without types. */
export interface PhaseDefinition {
  /** Its needs, in the order they were named. */
  readonly needs: readonly NeedDefinition[];
  /** Its fan-out. */
  readonly forEach?: ForEachDefinition | undefined;
  /** Whether a task is to be done at all. */
  readonly when?: ((context: never) => boolean) | undefined;
  /** Bounded repetition. */
  readonly loop?: PhaseLoop<never> | undefined;
  /** What its key declares. */
  readonly uses: DeclaredUses;
  /** Its sampling. */
  readonly sampling: PhaseSampling;
  /** Its prompt. */
  readonly prompt?: ((context: never) => unknown) | undefined;
  /** Its work, for `llm`, `io`, `compute`; an `llm` phase with a `prompt` may go without. */
  readonly run?: ((context: never) => unknown) | undefined;
  /** Its work, for `cpu`. */
  readonly task?: TaskHandle<unknown> | undefined;
  /** What the worker thread gets, for `cpu`. */
  readonly taskInput?: ((context: never) => unknown) | undefined;
  /** What `inputs` must satisfy. */
  readonly inputSchema?: StandardSchemaV1 | undefined;
  /** What the output must satisfy. */
  readonly outputSchema?: StandardSchemaV1 | undefined;
  /** The module of a `cpu` phase and what it imports by a path, as they were when the phase was defined. */
  readonly modules?: ModuleGraph | undefined;
  /** Its cache policy; `false` where its results are never kept. */
  readonly cache: false | PhaseCache<never>;
  /** Milliseconds that one attempt may take. */
  readonly timeout?: number | undefined;
  /** When to try again. */
  readonly retry?: PhaseRetry | undefined;
  /** Whether it must stay on the coordinating machine. */
  readonly local: boolean;
  /** The files it leaves. */
  readonly artifacts?: ((output: never, context: { readonly key: string }) => readonly PhaseArtifact[]) | undefined;
  /** Expected relative duration. */
  readonly weight?: number | undefined;
  /** What its version is made of: the explicit version, its function texts, its own source. */
  readonly versionParts: readonly string[];
}
