import { Worker } from 'bullmq';

import { settledWithin } from './connection.ts';

/** BullMQ's worker, which can also be closed while Redis is away. */
export class TaskWorker extends Worker {
  /**
   * Waits for the end of `closing`, a promise of `close()`, for so long. Without Redis it never ends: it waits for a connection to tell that it
   * has ended, which one that is trying to connect again does not. Its timers would then keep the process alive.
   */
  async closedWithin(milliseconds: number, closing: Promise<void>): Promise<void> {
    await settledWithin(milliseconds, closing);
    await this.lockManager.close();
    await settledWithin(100, this.backend.close(true));
  }
}
