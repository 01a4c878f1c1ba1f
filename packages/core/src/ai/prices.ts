import type { ModelUsage } from './model-client.ts';

/** A price in US dollars for a million tokens. */
export interface ModelPrice {
  /** Input tokens. */
  readonly input: number;
  /**
   * Input tokens that the provider served from its prompt cache.
   * @defaultValue the price of `input`
   */
  readonly cachedInput?: number | undefined;
  /** Output tokens. */
  readonly output: number;
}

/** Prices by model id, `provider/model`; an entry `provider/*` holds for all models of a provider that have none of their own. */
export type PriceTable = Readonly<Record<string, ModelPrice>>;

/** The price of a model, or `undefined`: a model nobody priced is "unpriced", never free. */
export function findPrice(id: string, prices: PriceTable = {}): ModelPrice | undefined {
  if (Object.hasOwn(prices, id)) return prices[id];
  const wildcard = `${id.split('/', 1)[0]}/*`;
  return Object.hasOwn(prices, wildcard) ? prices[wildcard] : undefined;
}

/** What a usage costs in US dollars; `null` without a price. */
export function costOf(usage: ModelUsage, price: ModelPrice | undefined): number | null {
  if (price === undefined) return null;
  const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
  const fresh = usage.inputTokens - cached;
  return (
    (fresh * price.input + cached * (price.cachedInput ?? price.input) + usage.outputTokens * price.output) / 1_000_000
  );
}
