import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TaskHandle } from '@orc/scheduler';

import { checkPhase } from './check-phase.ts';
import type {
  ItemsContext,
  NestedItemsContext,
  PhaseContext,
  PromptContext,
  TaskContext,
  ModelPrompt,
} from './context.ts';
import type {
  Inputs,
  Keyed,
  Need,
  Phase,
  PhaseArtifact,
  PhaseCache,
  PhaseKind,
  PhaseLoop,
  PhaseRetry,
  PhaseSampling,
  PhaseUses,
  TaskOutput,
} from './phase.ts';

/** Stands for "no `forEach`" in the types. */
export interface NoItem {
  /** Never there: it only tells the type apart. */
  readonly noItem: never;
}

/** Stands for "no other phase is followed" in the types. */
export interface NoPhase extends Phase<never, never, never> {
  /** Never there: it only tells the type apart. */
  readonly noPhase: never;
}

/** The item as the functions of a phase see it: its own, or the output of the phase that it follows, or none. */
export type ItemOf<Item, P extends Phase> = [Item] extends [NoItem]
  ? [P] extends [NoPhase]
    ? undefined
    : TaskOutput<P>
  : Item;

/** Whether a phase fans out. */
export type FansOut<Item, P extends Phase> = [Item] extends [NoItem] ? ([P] extends [NoPhase] ? false : true) : true;

/** A fan-out over the items of another fan-out phase: each task starts as soon as that item is done. */
export interface ForEachPhase<P extends Phase, Item> {
  /** The phase whose items are followed. */
  readonly phase: P;
  /** Several tasks per item, keyed `parentKey/childKey`. Without it: one task with the same key, whose item is the other phase's output. */
  readonly items?: ((context: NestedItemsContext<TaskOutput<P>>) => readonly Keyed<Item>[]) | undefined;
}

/**
 * How a phase is defined.
 *
 * @remarks
 * Write `needs` and `forEach` before the functions that use them, and `run` (or `outputSchema`) before `loop`, `cache` and `artifacts`:
 * TypeScript infers in that order.
 */
export interface PhaseOptions<
  N extends Readonly<Record<string, Need>>,
  Item,
  Output,
  IsConditional extends boolean,
  P extends Phase,
  TaskIn,
> {
  /** Unique in its pipeline: a letter, then letters, digits, `.`, `_`, `-`. */
  readonly id: string;
  /** What it is made of. */
  readonly kind: PhaseKind;
  /** A title for people. @defaultValue the id */
  readonly title?: string | undefined;
  /** The phases it needs, by the name their outputs have in `inputs`. */
  readonly needs?: N | undefined;
  /** Makes one task per item: over the inputs, or item by item over another fan-out phase. */
  readonly forEach?: ((context: ItemsContext<Inputs<N>>) => readonly Keyed<Item>[]) | ForEachPhase<P, Item> | undefined;
  /** Says whether a task is done at all. Where it says no, dependants get `undefined`. */
  readonly when?: ((context: TaskContext<Inputs<N>, ItemOf<Item, P>>) => IsConditional) | undefined;
  /** What its key declares; nothing else of the request and of the environment can be read. @defaultValue nothing */
  readonly uses?: PhaseUses<TaskContext<Inputs<N>, ItemOf<Item, P>>> | undefined;
  /** Fixed sampling of its model calls; part of the key. */
  readonly model?: PhaseSampling | undefined;
  /** Its prompt, for `llm`: rendered when the key is made, its text is part of the key. Without `run` the model's reply is the output. */
  readonly prompt?: ((context: PromptContext<Inputs<N>, ItemOf<Item, P>>) => ModelPrompt) | undefined;
  /** What the inputs must satisfy (`ERR_ORC_INPUT_INVALID`). */
  readonly inputSchema?: StandardSchemaV1<Inputs<N>, unknown> | undefined;
  /** What the output must satisfy (`ERR_ORC_OUTPUT_INVALID`); its result is the output. */
  readonly outputSchema?: StandardSchemaV1<unknown, Output> | undefined;
  /** What the worker thread gets, for `cpu`. @defaultValue `{inputs, item}` */
  readonly taskInput?: ((context: TaskContext<Inputs<N>, ItemOf<Item, P>>) => TaskIn) | undefined;
  /** The work: a function, or for `cpu` a `defineTask` handle. It returns JSON. */
  readonly run?:
    | ((context: PhaseContext<Inputs<N>, ItemOf<Item, P>>) => Output | Promise<Output>)
    | TaskHandle<TaskIn, Output>
    | undefined;
  /** Repeats the work up to `max` times until `until` says enough; the best by `score` is the output, never just the last. */
  readonly loop?: PhaseLoop<Output> | undefined;
  /**
   * Whether and how its results are kept, and shared with tasks that ask for the same at the same time. An `io` phase does what keys can't show
   * (it reads and writes the world outside), so it says `true` or a policy itself where that is right. @defaultValue true; `false` for `io`
   */
  readonly cache?: boolean | PhaseCache<Output> | undefined;
  /** Milliseconds that one attempt may take. @defaultValue the run's `phaseTimeout` */
  readonly timeout?: number | undefined;
  /** When to try again. @defaultValue the run's `maxRetries` for `llm` and `io`, one attempt otherwise */
  readonly retry?: PhaseRetry | undefined;
  /** Added to the digest of its source: change it when something that the source does not show has changed. */
  readonly version?: string | undefined;
  /** Text that shapes what `run` does without being in it, such as a YAML definition; part of the version. */
  readonly source?: string | undefined;
  /** Whether it must stay on the coordinating machine, because it reads local files. @defaultValue false */
  readonly local?: boolean | undefined;
  /** Files for the user, written before the output is recorded. Paths must not depend on time, session or strategy. */
  readonly artifacts?: ((output: Output, context: { readonly key: string }) => readonly PhaseArtifact[]) | undefined;
  /** Expected relative duration, for the longest-path order. @defaultValue 1 */
  readonly weight?: number | undefined;
}

/**
 * Defines a phase: a node of a pipeline, with its work and its policy.
 *
 * @throws OrcError `ERR_ORC_PHASE` when something is invalid, with the path of the option.
 *
 * @example
 * ```ts
 * const outline = definePhase({ id: 'outline', kind: 'llm', uses: { request: ['text'] }, prompt: ({ request }) => `Outline: ${request.text}` });
 * const count = definePhase({ id: 'count', kind: 'compute', needs: { outline }, run: ({ inputs }) => inputs.outline.split(' ').length });
 * ```
 */
export function definePhase<
  // oxlint-disable-next-line typescript/ban-types
  N extends Readonly<Record<string, Need>> = {},
  Item = NoItem,
  Output = string,
  IsConditional extends boolean = never,
  P extends Phase = NoPhase,
  TaskIn = unknown,
>(
  options: PhaseOptions<N, Item, Output, IsConditional, P, TaskIn>,
): Phase<Output, FansOut<Item, P>, [IsConditional] extends [never] ? false : true> {
  return checkPhase(options as never) as never;
}
