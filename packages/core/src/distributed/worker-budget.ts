import { Budget } from '../ai/budget.ts';
import type { ModelClient, ModelReply, ModelRequest, ModelStream } from '../ai/model-client.ts';
import { estimateUsage } from '../ai/token-estimate.ts';
import { OrcError } from '../errors.ts';

/** What a worker may spend on the calls of others, as long as it lives. Without a limit it spends what it is asked to. */
export class WorkerBudget {
  readonly #budget: Budget | undefined;
  #dearestUsd = 0;

  /** A limit in US dollars; 0 or nothing for none. */
  constructor(limitUsd: number | undefined) {
    this.#budget = limitUsd === undefined || limitUsd === 0 ? undefined : new Budget(limitUsd);
  }

  /** Why no further call of a model is taken on; `undefined` while one is. */
  refusal(model: ModelClient): string | undefined {
    if (this.#budget === undefined) return undefined;
    const { limitUsd, spentUsd } = this.#budget;
    if (model.capabilities.priced === 'unknown')
      return `the worker has a budget of $${limitUsd}, and the price of ${model.id} is not known`;
    if (!model.capabilities.priced || spentUsd + this.#dearestUsd <= limitUsd) return undefined;
    return `the worker's budget of $${limitUsd} is used up ($${spentUsd.toFixed(4)} spent)`;
  }

  /** A model whose calls are set aside before they are made; `onRefused` is told when one does not fit. */
  bound(model: ModelClient, onRefused: (why: string) => void): ModelClient {
    const budget = this.#budget;
    if (budget === undefined) return model;
    const spend = async (
      request: ModelRequest,
      signal: AbortSignal | undefined,
      call: () => Promise<ModelReply>,
    ): Promise<ModelReply> => {
      const expected = model.priceOf(estimateUsage(request));
      let settle: (usd: number) => void;
      try {
        if (expected === null)
          throw new OrcError('ERR_ORC_BUDGET', `The price of ${model.id} is not known`, { retryable: false });
        const reservation = await budget.reserve(expected, signal ?? new AbortController().signal);
        settle = (usd) => reservation.settle(usd);
      } catch (error) {
        if (signal?.aborted !== true) onRefused((error as Error).message);
        throw error;
      }
      let spent = 0;
      try {
        const reply = await call();
        spent = reply.costUsd ?? 0;
        return reply;
      } catch (error) {
        const { usage } = (error ?? {}) as { readonly usage?: ModelReply['usage'] };
        if (typeof usage?.inputTokens === 'number') spent = model.priceOf(usage) ?? 0;
        throw error;
      } finally {
        this.#dearestUsd = Math.max(this.#dearestUsd, spent);
        settle(spent);
      }
    };
    return {
      id: model.id,
      identity: model.identity,
      capabilities: model.capabilities,
      priceOf: (usage) => model.priceOf(usage),
      generate: (request, options) => spend(request, options?.signal, () => model.generate(request, options)),
      stream(request, options): ModelStream {
        let started!: (stream: ModelStream | undefined) => void;
        const stream = new Promise<ModelStream | undefined>((resolve) => (started = resolve));
        const reply = spend(request, options?.signal, () => {
          const inner = model.stream(request, options);
          started(inner);
          return inner.reply;
        });
        // Told by the iteration too; whoever only iterates must not bring the process down.
        reply.catch(() => started(undefined));
        return {
          reply,
          async *[Symbol.asyncIterator]() {
            const inner = await stream;
            if (inner !== undefined) yield* inner;
            else await reply;
          },
        };
      },
    };
  }
}
