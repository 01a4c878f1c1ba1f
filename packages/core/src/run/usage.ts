import type { ModelUsage } from '../ai/model-client.ts';

/** Tokens and cost of any number of calls. */
export interface UsageTotal extends ModelUsage {
  /** US dollars; `null` as soon as one call had no known price. */
  readonly costUsd: number | null;
  /** Calls. */
  readonly calls: number;
}

/** Sums the usage of calls. */
export class UsageSum implements UsageTotal {
  inputTokens = 0;
  cachedInputTokens = 0;
  outputTokens = 0;
  costUsd: number | null = 0;
  calls = 0;

  /** Adds the usage of calls. */
  add(usage: ModelUsage, costUsd: number | null, calls = 1): void {
    this.inputTokens += usage.inputTokens;
    this.cachedInputTokens += usage.cachedInputTokens;
    this.outputTokens += usage.outputTokens;
    this.costUsd = this.costUsd === null || costUsd === null ? null : this.costUsd + costUsd;
    this.calls += calls;
  }

  /** The tokens alone. */
  get tokens(): ModelUsage {
    return {
      inputTokens: this.inputTokens,
      cachedInputTokens: this.cachedInputTokens,
      outputTokens: this.outputTokens,
    };
  }
}
