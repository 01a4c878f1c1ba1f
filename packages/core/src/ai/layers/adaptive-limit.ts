/** Told when the limit moved. */
export type LimitListener = (limit: number, reason: 'throttled' | 'recovered') => void;

interface Waiter {
  readonly start: () => void;
}

/**
 * A limit of calls at once that adapts to the provider: halved when it throttles, one more after as many good calls as the limit.
 * Permits go straight to the next waiter, first come, first served.
 */
export class AdaptiveLimit {
  readonly #max: number;
  readonly #onChange: LimitListener;
  readonly #waiters: Waiter[] = [];
  #limit: number;
  #running = 0;
  #good = 0;
  // Calls that started before the last cut say nothing about the new limit.
  #epoch = 0;

  /** Starts at its maximum. */
  constructor(max: number, onChange: LimitListener = () => undefined) {
    this.#max = max;
    this.#limit = max;
    this.#onChange = onChange;
  }

  /** Calls that may run at once, now. */
  get limit(): number {
    return this.#limit;
  }

  /** Calls that run. */
  get running(): number {
    return this.#running;
  }

  /** Waits for a permit and returns its epoch, which `release` takes back. Rejects with exactly `signal.reason`. */
  acquire(signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      if (this.#running < this.#limit && this.#waiters.length === 0) {
        this.#running += 1;
        resolve(this.#epoch);
        return;
      }
      const stop = (): void => {
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        start: () => {
          signal.removeEventListener('abort', stop);
          this.#running += 1;
          resolve(this.#epoch);
        },
      };
      this.#waiters.push(waiter);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Gives a permit back, with what became of the call. */
  release(epoch: number, outcome: 'good' | 'throttled' | 'failed'): void {
    this.#running -= 1;
    // A call that ran alone was not throttled for its company.
    if (outcome === 'throttled' && epoch === this.#epoch && this.#running > 0) this.#cut();
    if (outcome === 'good') this.#grow();
    while (this.#running < this.#limit && this.#waiters.length > 0) this.#waiters.shift()?.start();
  }

  #cut(): void {
    this.#epoch += 1;
    this.#good = 0;
    const limit = Math.ceil(Math.min(this.#limit, this.#running + 1) / 2);
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#onChange(limit, 'throttled');
  }

  #grow(): void {
    if (this.#limit >= this.#max) return;
    this.#good += 1;
    if (this.#good < this.#limit) return;
    this.#good = 0;
    this.#limit += 1;
    this.#onChange(this.#limit, 'recovered');
  }
}
