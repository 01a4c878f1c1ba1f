import { AsyncLocalStorage } from 'node:async_hooks';

import type { SlotHolder } from './slot-holder.ts';

/**
 * Knows which task the code that runs right now belongs to, across awaits, timers and callbacks. One storage for all schedulers: work
 * of one may start work of another, and each further storage would cost every promise of the process.
 */
const storage = new AsyncLocalStorage<SlotHolder | undefined>();
let users = 0;

/** A scheduler's use of the storage. Where Node.js keeps the context by hooks (before 24), nobody pays for it until the first call of `run`. */
export class Nesting {
  #used = false;
  #ended = false;

  /** What the code that calls this belongs to. */
  get current(): SlotHolder | undefined {
    return storage.getStore();
  }

  /** Calls `work(argument)` as part of the holder. */
  run<A, R>(holder: SlotHolder | undefined, work: (argument: A) => R, argument: A): R {
    if (!this.#used) {
      this.#used = true;
      users += 1;
    }
    return storage.run(holder, work, argument);
  }

  /** The scheduler is closed. With the last one that used it the storage is switched off, so that promises cost what they did before. */
  end(): void {
    if (!this.#used || this.#ended) return;
    this.#ended = true;
    users -= 1;
    if (users === 0) storage.disable();
  }
}
