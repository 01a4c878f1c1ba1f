import type { JsonValue } from '@orc/cache';

import type { Budget } from '../ai/budget.ts';
import type { ModelClient, ModelReply, ModelRequest } from '../ai/model-client.ts';
import type { Clock } from '../clock.ts';
import { OrcError } from '../errors.ts';
import type {
  LoopState,
  ModelPrompt,
  PhaseContext,
  PhaseModel,
  PromptContext,
  TaskContext,
} from '../pipeline/context.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { PhaseRequest, PipelineRequest } from '../pipeline/request.ts';
import { undeclared } from './declared-request.ts';
import type { EventBody } from './event-hub.ts';
import { TaskModel } from './phase-model.ts';
import { plainAnswer } from './plain-answer.ts';
import { seededRandom } from './random.ts';

/** What the functions of a phase get; the same for one task from its key to its last attempt. */
export interface TaskBasis {
  readonly phase: Phase;
  readonly task: string;
  readonly inputs: unknown;
  readonly item: JsonValue | undefined;
  readonly key: string;
  /** The request as the phase may see it. */
  readonly view: PhaseRequest;
  /** The request as it is, for the engine. */
  readonly request: PipelineRequest;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What one attempt gets besides. */
export interface AttemptOptions {
  readonly basis: TaskBasis;
  readonly prompt: ModelRequest | undefined;
  readonly loop: LoopState | undefined;
  readonly attempt: number;
  /** Which draw of the model's this is: only a reply that could not be used asks for another one. @defaultValue 1 */
  readonly draw?: number | undefined;
  readonly signal: () => AbortSignal;
  readonly model: (() => ModelClient) | undefined;
  readonly emit: (event: EventBody) => void;
  readonly wantsDeltas: boolean;
  readonly clock: Clock;
  readonly onReply: (reply: ModelReply) => void;
  readonly onCut?: (() => void) | undefined;
  readonly budget?: (() => Budget | undefined) | undefined;
}

/** The context of `when`, `forEach`, `taskInput`. */
export function taskContext(basis: TaskBasis): TaskContext {
  const { inputs, item, key, view, env } = basis;
  return { inputs, item, key, request: view, env };
}

/** Whether a task is wanted, by its `when`. Throws what that throws, and `ERR_ORC_PHASE_FAILED` for a promise. */
export function isWanted(basis: TaskBasis): boolean {
  const when = basis.phase.definition.when as ((context: TaskContext) => boolean) | undefined;
  if (when === undefined) return true;
  return plainAnswer(when(taskContext(basis)), 'when', { phase: basis.phase.id, task: basis.task });
}

/** What a task on a thread gets. Throws what `taskInput` throws, and `ERR_ORC_PHASE_FAILED` for a promise. */
export function inputOf(basis: TaskBasis): unknown {
  const make = basis.phase.definition.taskInput as ((context: TaskContext) => unknown) | undefined;
  if (make === undefined) return { inputs: basis.inputs, item: basis.item ?? null };
  return plainAnswer(make(taskContext(basis)), 'taskInput', { phase: basis.phase.id, task: basis.task });
}

/** Renders the prompt of a task. */
export function renderPrompt(basis: TaskBasis, loop?: LoopState): ModelRequest | undefined {
  const render = basis.phase.definition.prompt as ((context: PromptContext) => ModelPrompt) | undefined;
  if (render === undefined) return undefined;
  const { inputs, item, key, view, env } = basis;
  const prompt: unknown = plainAnswer<unknown>(render({ inputs, item, key, request: view, env, loop }), 'prompt', {
    phase: basis.phase.id,
    task: basis.task,
  });
  if (typeof prompt === 'string') return { prompt };
  if (typeof prompt === 'object' && prompt !== null && typeof (prompt as ModelRequest).prompt === 'string')
    return prompt as ModelRequest;
  throw new OrcError(
    'ERR_ORC_PHASE_FAILED',
    `Expected \`prompt\` of phase \`${basis.phase.id}\` to return a text or { prompt, … }`,
    {
      phase: basis.phase.id,
      task: basis.task,
      retryable: false,
    },
  );
}

/**
 * The context of `run`. Members are made when they are read: a phase that needs neither model nor signal pays for neither.
 * What it hands out are plain functions, so that a phase can take them apart.
 */
export class AttemptContext implements PhaseContext {
  readonly inputs: unknown;
  readonly item: unknown;
  readonly key: string;
  readonly request: PhaseRequest;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly prompt: ModelRequest | undefined;
  readonly loop: LoopState | undefined;
  readonly attempt: number;
  readonly #options: AttemptOptions;
  #model: PhaseModel | undefined;
  #random: (() => number) | undefined;

  /** Makes the context of one attempt. */
  constructor(options: AttemptOptions) {
    const { basis } = options;
    this.inputs = basis.inputs;
    this.item = basis.item;
    this.key = basis.key;
    this.request = basis.view;
    this.env = basis.env;
    this.prompt = options.prompt;
    this.loop = options.loop;
    this.attempt = options.attempt;
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#options.signal();
  }

  get model(): PhaseModel {
    this.#model ??= this.#makeModel();
    return this.#model;
  }

  get random(): () => number {
    const { basis, attempt, loop } = this.#options;
    const { phase, request, task } = basis;
    if (phase.kind !== 'llm' && !phase.definition.uses.request.includes('seed')) {
      throw undeclared('`random()`', phase.id, "Add 'seed' to `uses.request` of the phase.");
    }
    this.#random ??= seededRandom(request.seed, task, attempt, loop?.round ?? 1);
    return this.#random;
  }

  get report(): PhaseContext['report'] {
    const { emit, basis } = this.#options;
    return ({ message, fraction }) =>
      emit({ type: 'task-progress', task: basis.task, phase: basis.phase.id, message, fraction });
  }

  get delta(): (text: string) => void {
    const { emit, basis, wantsDeltas } = this.#options;
    return (text) => {
      if (wantsDeltas) emit({ type: 'task-delta', task: basis.task, phase: basis.phase.id, text });
    };
  }

  #makeModel(): PhaseModel {
    const { basis, model, signal, emit, clock, onReply, onCut, budget, draw, loop, wantsDeltas } = this.#options;
    const { phase, task, request } = basis;
    if (model === undefined || phase.kind !== 'llm') {
      throw undeclared(
        '`model`',
        phase.id,
        'Make it a phase of kind llm: the model is part of the key of those alone.',
      );
    }
    return new TaskModel({
      client: model(),
      sampling: phase.definition.sampling,
      // Another seed after a reply that could not be used, since a deterministic model would write it again. After a broken connection
      // the same seed: the result must not depend on the weather.
      seed: request.seed + ((draw ?? 1) - 1) + ((loop?.round ?? 1) - 1) * 1000,
      phase: phase.id,
      task,
      signal,
      delta: wantsDeltas ? this.delta : undefined,
      emit,
      now: () => clock.now(),
      onReply,
      onCut,
      budget,
    });
  }
}

/** Does the work of an `llm`, `io` or `compute` phase once. */
export function runPhase(context: AttemptContext, phase: Phase): unknown {
  const run = phase.definition.run as ((context: PhaseContext) => unknown) | undefined;
  if (run !== undefined) return run(context);
  const prompt = context.prompt as ModelRequest;
  return context.model.generate(prompt).then((reply) => (prompt.schema === undefined ? reply.text : reply.object));
}
