import { OrcError } from '../errors.ts';
import { untilAborted } from './call/wait.ts';
import type { CallBudget, ExpectedCall, Reservation } from './model-client.ts';

/** Sums of cents have digits of their own far behind the point. */
const crumb = 1e-9;

/**
 * An amount of money that calls may cost together. What a call may cost is set aside before it and settled after it, so that calls that run
 * at once cannot exceed it together.
 *
 * A call whose reply is bounded (`maxOutputTokens`) sets aside what it costs at the most. One that is not bounded sets aside what the dearest
 * call of its model has cost so far; while nothing is known of a model, its calls go one at a time. Only a call that turns out dearer than
 * all before it can exceed the amount, by what it costs more than the dearest one.
 */
export class Budget implements CallBudget {
  /** The whole amount, in US dollars. */
  readonly limitUsd: number;
  #spentUsd: number;
  #reservedUsd = 0;
  #settled: Promise<void> | undefined;
  #announce: (() => void) | undefined;
  /** By model: what the dearest call of unknown size has cost. */
  readonly #dearest = new Map<string, number>();
  /** By model: how many times as much as the most that was expected a bounded call has cost, where that was more. */
  readonly #overrun = new Map<string, number>();
  /** Models of which the first call of unknown size is under way. */
  readonly #probing = new Set<string>();
  #unpriced: string | undefined;

  /** Makes a budget; `spentUsd` is what an earlier part of the same run has cost. */
  constructor(limitUsd: number, spentUsd = 0) {
    this.limitUsd = limitUsd;
    this.#spentUsd = spentUsd;
  }

  /** What has been spent, in US dollars. */
  get spentUsd(): number {
    return this.#spentUsd;
  }

  /** What is set aside for calls that run, in US dollars. */
  get reservedUsd(): number {
    return this.#reservedUsd;
  }

  /**
   * Sets a fixed amount aside. Waits while only the running calls' reservations stand in its way: they may cost less than expected.
   * @throws `ERR_ORC_BUDGET` when it does not fit into what is left.
   */
  reserve(usd: number, signal: AbortSignal): Promise<Reservation> {
    return this.#reserve(
      () => usd,
      true,
      signal,
      (): void => undefined,
    );
  }

  /**
   * Sets aside what a call may cost. Waits while the running calls' reservations, or the first call of its model, stand in its way.
   * @throws `ERR_ORC_BUDGET` when it does not fit into what is left.
   */
  reserveCall(call: ExpectedCall, signal: AbortSignal): Promise<Reservation> {
    const { model, mostUsd, leastUsd } = call;
    if (mostUsd !== undefined) {
      return this.#reserve(
        () => mostUsd * (this.#overrun.get(model) ?? 1),
        true,
        signal,
        (spentUsd) => {
          if (spentUsd > mostUsd && mostUsd > 0)
            this.#overrun.set(model, Math.max(this.#overrun.get(model) ?? 1, spentUsd / mostUsd));
        },
      );
    }
    let probe = false;
    const amount = (): number | undefined => {
      const dearest = this.#dearest.get(model);
      if (dearest !== undefined) return Math.max(dearest, leastUsd);
      return this.#probing.has(model) ? undefined : leastUsd;
    };
    return this.#reserve(
      amount,
      false,
      signal,
      (spentUsd, replied) => {
        if (probe) this.#probing.delete(model);
        if (replied || spentUsd > 0) this.#dearest.set(model, Math.max(this.#dearest.get(model) ?? 0, spentUsd));
      },
      () => {
        probe = !this.#dearest.has(model);
        if (probe) this.#probing.add(model);
      },
    );
  }

  async #reserve(
    amount: () => number | undefined,
    bounded: boolean,
    signal: AbortSignal,
    learn: (spentUsd: number, replied: boolean) => void,
    begin: () => void = (): void => undefined,
  ): Promise<Reservation> {
    signal.throwIfAborted();
    let usd = amount();
    for (; ; usd = amount()) {
      if (this.#unpriced !== undefined) throw unpriced(this.limitUsd, this.#unpriced);
      if (usd !== undefined) {
        if (!this.#fits(usd)) throw this.#refusal(usd, bounded);
        if (this.#reservedUsd === 0 || this.#spentUsd + this.#reservedUsd + usd <= this.limitUsd + crumb) break;
      }
      await untilAborted(this.#nextSettlement(), signal);
    }
    const reserved = usd;
    this.#reservedUsd += reserved;
    begin();
    let open = true;
    return {
      settle: (spentUsd, { model = 'the model', replied = true } = {}) => {
        if (!open) return;
        open = false;
        // Sums of fractions leave crumbs, which would read as a reservation for ever.
        this.#reservedUsd = this.#reservedUsd - reserved < 1e-12 ? 0 : this.#reservedUsd - reserved;
        if (spentUsd === null) this.#unpriced = model;
        this.#spentUsd += spentUsd ?? 0;
        learn(spentUsd ?? 0, replied);
        this.#announce?.();
        this.#announce = undefined;
        this.#settled = undefined;
      },
    };
  }

  /** A call that is free fits until the money is gone; one that costs must fit whole. */
  #fits(usd: number): boolean {
    if (this.#spentUsd >= this.limitUsd - crumb) return usd === 0 && this.#spentUsd <= this.limitUsd + crumb;
    return this.#spentUsd + usd <= this.limitUsd + crumb;
  }

  #nextSettlement(): Promise<void> {
    this.#settled ??= new Promise((resolve) => {
      this.#announce = resolve;
    });
    return this.#settled;
  }

  #refusal(usd: number, bounded: boolean): OrcError {
    const spent = `$${this.#spentUsd.toFixed(4)} spent`;
    const why =
      this.#spentUsd >= this.limitUsd - crumb
        ? `is spent ($${this.#spentUsd.toFixed(4)})`
        : `does not allow another call (${spent}, ${bounded ? 'the call may cost' : 'one has cost'} $${usd.toFixed(4)})`;
    const size = bounded
      ? 'A lower `maxOutputTokens` sets less aside for each call.'
      : 'With `maxOutputTokens` set, a call is known by what it can cost at the most, and not by the dearest one before it.';
    return new OrcError('ERR_ORC_BUDGET', `The budget of $${this.limitUsd} ${why}`, {
      retryable: false,
      hint: `Raise the budget and resume the session: what is done stays done. ${size}`,
    });
  }
}

/** Refuses a model whose calls no budget can limit. */
export function unpriced(limitUsd: number, model: string): OrcError {
  return new OrcError(
    'ERR_ORC_BUDGET',
    `The budget of $${limitUsd} can't be kept: the price of ${model} is not known`,
    {
      retryable: false,
      hint: `Add its price to the configuration: \`ai.prices: { "${model}": { input: …, output: … } }\` (US dollars for a million tokens), or run without a budget.`,
    },
  );
}
