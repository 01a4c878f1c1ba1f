import type { StandardSchemaV1 } from '@standard-schema/spec';

import type { Budget } from '../ai/budget.ts';
import type { CallBudget, JsonSchema, ModelClient, ModelReply, ModelRequest } from '../ai/model-client.ts';
import { OrcError, errorInfo } from '../errors.ts';
import type { ModelPrompt, PhaseModel } from '../pipeline/context.ts';
import type { PhaseSampling } from '../pipeline/phase.ts';
import { setAside } from './call-budget.ts';
import type { EventBody } from './event-hub.ts';
import { issuesText } from './validate.ts';

/** What a phase's model needs to know of the attempt that uses it. */
export interface PhaseModelOptions {
  readonly client: ModelClient;
  readonly sampling: PhaseSampling;
  readonly seed: number;
  readonly phase: string;
  readonly task: string;
  readonly signal: () => AbortSignal;
  /** Where text goes while it is written; `undefined` where nobody reads it. */
  readonly delta: ((text: string) => void) | undefined;
  readonly emit: (event: EventBody) => void;
  readonly now: () => number;
  /** Told of each finished call, whole or not: its tokens are paid for. */
  readonly onReply: (reply: ModelReply) => void;
  /** Told when the client itself refuses a reply that was cut short. */
  readonly onCut?: (() => void) | undefined;
  /** What each call must fit into; `undefined` without a budget. */
  readonly budget?: (() => Budget | undefined) | undefined;
}

/** The model client as a phase sees it. */
export class TaskModel implements PhaseModel {
  readonly #options: PhaseModelOptions;

  /** Wraps a client for one attempt of one task. */
  constructor(options: PhaseModelOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.client.id;
  }

  async generate(request: ModelRequest): Promise<ModelReply> {
    const { client, sampling, seed, phase, task, emit, now, onReply } = this.#options;
    const { model: _, ...defaults } = sampling;
    const merged: ModelRequest = { seed, ...defaults, ...withoutUndefined(request) };
    const budget = this.#options.budget?.();
    const money =
      budget === undefined
        ? undefined
        : await setAside(budget, client, merged, { signal: this.#options.signal(), task });
    const started = now();
    emit({ type: 'model-start', task, phase, model: client.id });
    let reply: ModelReply;
    try {
      reply = await this.#call(merged, money?.budget);
    } catch (error) {
      const { code } = (error ?? {}) as { readonly code?: unknown };
      if (code === 'ERR_ORC_MODEL_TRUNCATED' || code === 'ERR_ORC_MODEL_FILTERED') this.#options.onCut?.();
      const usage = usageOf(error);
      money?.settle(usage === undefined ? 0 : client.priceOf(usage), false);
      emit({
        type: 'model-end',
        task,
        phase,
        model: client.id,
        durationMs: now() - started,
        usage: usage ?? { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
        costUsd: usage === undefined ? 0 : client.priceOf(usage),
        attempts: 1,
        finishReason: 'error',
      });
      if (usage !== undefined)
        onReply({ text: '', finishReason: 'error', usage, costUsd: client.priceOf(usage), attempts: 1 });
      throw error;
    }
    const { usage, costUsd, attempts, finishReason } = reply;
    money?.settle(costUsd, true);
    onReply(reply);
    emit({
      type: 'model-end',
      task,
      phase,
      model: client.id,
      durationMs: now() - started,
      usage,
      costUsd,
      attempts,
      finishReason,
    });
    return this.#whole(reply);
  }

  async text(prompt: ModelPrompt): Promise<string> {
    const reply = await this.generate(typeof prompt === 'string' ? { prompt } : prompt);
    return reply.text;
  }

  async object<T = unknown>(
    request: ModelRequest & {
      readonly schema: JsonSchema;
      readonly validate?: StandardSchemaV1<unknown, T> | undefined;
    },
  ): Promise<T> {
    const { validate, ...call } = request;
    const { object } = await this.generate(call);
    if (validate === undefined) return object as T;
    const checked = await validate['~standard'].validate(object);
    if (checked.issues !== undefined) {
      const { phase, task, client } = this.#options;
      throw new OrcError(
        'ERR_ORC_MODEL_OUTPUT',
        `The reply of ${client.id} does not satisfy its schema: ${issuesText(checked.issues)}`,
        { phase, task, retryable: true },
      );
    }
    return checked.value;
  }

  async #call(request: ModelRequest, budget: CallBudget | undefined): Promise<ModelReply> {
    const { client, delta, emit, phase, task } = this.#options;
    const options = {
      signal: this.#options.signal(),
      ...(budget === undefined ? {} : { budget }),
      onRetry: (retry: { attempt: number; delayMs: number; error: unknown }): void => {
        emit({
          type: 'task-retry',
          task,
          phase,
          attempt: retry.attempt,
          delayMs: retry.delayMs,
          error: errorInfo(retry.error, { phase, task }),
        });
      },
    };
    if (delta === undefined) return client.generate(request, options);
    const stream = client.stream(request, options);
    for await (const text of stream) delta(text);
    return stream.reply;
  }

  // Only a whole reply may become an output: a cut one would be cached, and read as if the model had meant it.
  #whole(reply: ModelReply): ModelReply {
    const { phase, task, client } = this.#options;
    switch (reply.finishReason) {
      case 'stop':
        return reply;
      case 'length':
        throw new OrcError('ERR_ORC_MODEL_TRUNCATED', `The reply of ${client.id} reached its token limit`, {
          phase,
          task,
          retryable: false,
          hint: 'Raise `maxOutputTokens` of the phase, or ask for less at once.',
        });
      case 'content-filter':
        throw new OrcError(
          'ERR_ORC_MODEL_FILTERED',
          `The reply of ${client.id} was held back by the provider's content filter`,
          { phase, task, retryable: false },
        );
      case 'error':
      case 'other':
        throw new OrcError('ERR_ORC_MODEL_STREAM', `The reply of ${client.id} ended with \`${reply.finishReason}\``, {
          phase,
          task,
          retryable: true,
        });
      default:
        return reply.finishReason satisfies never;
    }
  }
}

function withoutUndefined(request: ModelRequest): ModelRequest {
  return Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as unknown as ModelRequest;
}

// A failed call may have cost tokens all the same; clients put them on the error.
function usageOf(error: unknown): ModelReply['usage'] | undefined {
  const usage = (error as { readonly usage?: ModelReply['usage'] } | null)?.usage;
  return typeof usage?.inputTokens === 'number' ? usage : undefined;
}
