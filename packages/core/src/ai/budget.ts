import { OrcError } from '../errors.ts';
import { untilAborted } from './call/wait.ts';

/** What is set aside for a call that runs. */
export interface Reservation {
  /** Replaces what was set aside by what was spent, in US dollars. Only the first call counts. */
  settle(spentUsd: number): void;
}

/** An amount of money that calls may cost together. */
export class Budget {
  /** The whole amount, in US dollars. */
  readonly limitUsd: number;
  #spentUsd: number;
  #reservedUsd = 0;
  #settled: Promise<void> | undefined;
  #announce: (() => void) | undefined;

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
   * Sets money aside for a call. Waits while only the running calls' reservations stand in its way: they may cost less than expected.
   * @throws `ERR_ORC_BUDGET` when the call does not fit into what is left.
   */
  async reserve(usd: number, signal: AbortSignal): Promise<Reservation> {
    signal.throwIfAborted();
    for (;;) {
      // A call that is free fits until the money is gone; one that costs must fit whole.
      if (
        this.#spentUsd >= this.limitUsd
          ? usd > 0 || this.#spentUsd > this.limitUsd
          : this.#spentUsd + usd > this.limitUsd
      )
        throw this.#spent(usd);
      if (this.#reservedUsd === 0 || this.#spentUsd + this.#reservedUsd + usd <= this.limitUsd) break;
      await untilAborted(this.#nextSettlement(), signal);
    }
    this.#reservedUsd += usd;
    let open = true;
    return {
      settle: (spentUsd) => {
        if (!open) return;
        open = false;
        // Sums of fractions leave crumbs, which would read as a reservation for ever.
        this.#reservedUsd = this.#reservedUsd - usd < 1e-12 ? 0 : this.#reservedUsd - usd;
        this.#spentUsd += spentUsd;
        this.#announce?.();
        this.#announce = undefined;
        this.#settled = undefined;
      },
    };
  }

  #nextSettlement(): Promise<void> {
    this.#settled ??= new Promise((resolve) => {
      this.#announce = resolve;
    });
    return this.#settled;
  }

  #spent(usd: number): OrcError {
    return new OrcError(
      'ERR_ORC_BUDGET',
      `The budget of $${this.limitUsd} does not allow another call ($${this.#spentUsd.toFixed(4)} spent, the call may cost $${usd.toFixed(4)})`,
      {
        retryable: false,
        hint: 'Raise the budget and resume the session: what is done stays done.',
      },
    );
  }
}
