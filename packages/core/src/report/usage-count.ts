import type { EventOf, UsageReport } from './run-report.ts';

/** Adds up model calls. */
export class UsageCount {
  #calls = 0;
  #inputTokens = 0;
  #cachedInputTokens = 0;
  #outputTokens = 0;
  #costUsd: number | null = 0;
  #modelMs = 0;

  /** Adds a call. */
  add({ usage, costUsd, durationMs }: EventOf<'model-end'>): void {
    this.#calls += 1;
    this.#inputTokens += usage.inputTokens;
    this.#cachedInputTokens += usage.cachedInputTokens;
    this.#outputTokens += usage.outputTokens;
    this.#costUsd = this.#costUsd === null || costUsd === null ? null : this.#costUsd + costUsd;
    this.#modelMs += durationMs;
  }

  /** The sum so far. */
  get total(): UsageReport {
    return {
      calls: this.#calls,
      inputTokens: this.#inputTokens,
      cachedInputTokens: this.#cachedInputTokens,
      outputTokens: this.#outputTokens,
      costUsd: this.#costUsd,
      modelMs: this.#modelMs,
    };
  }
}
