import type { Clock } from '../clock.ts';
import { serializeError } from '../serialize-error.ts';
import type { CoordinatorLink } from './coordinator-link.ts';
import type { RemoteTimings } from './preset.ts';
import type { JobSeal } from './job-seal.ts';
import type { QueueKeys } from './queue-keys.ts';

/** A cancellation under way. */
export interface Cancellation {
  /** Looks again at once: something was heard of the job. */
  readonly wake: () => void;
  /** Resolves when no worker holds the job any more, or when it is given up. Never rejects. */
  readonly done: Promise<void>;
}

/** What a cancellation is made with. */
export interface CancelOptions {
  /** The queue's names. */
  readonly keys: QueueKeys;
  /** Signs it. */
  readonly seal: JobSeal;
  /** How long to go on. */
  readonly timings: RemoteTimings;
  /** Time. */
  readonly clock: Clock;
}

/**
 * Takes a job back: out of the queue when it waits there, else by telling the worker that holds it, again and again
 * until it has let go (a message may come while the job is between two workers).
 */
export function cancelJob(link: CoordinatorLink, jobId: string, reason: unknown, options: CancelOptions): Cancellation {
  const { keys, seal, timings, clock } = options;
  const text = JSON.stringify(seal.cancel(jobId, serializeError(reason)));
  // As long as a dead worker's job may take to come back to the queue.
  const until = clock.now() + timings.lockMs + 2 * timings.stalledMs + timings.brokerLostMs;
  let wake: (() => void) | undefined;
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, timings.pollMs);
      wake = () => {
        clock.clearTimeout(timer);
        resolve();
      };
    });
  const takeBack = async (): Promise<void> => {
    while (clock.now() < until) {
      const { state } = await link.standing(jobId);
      if (state !== 'pending' || (await link.remove(jobId))) return;
      const heard = pause();
      await link.broker.client.publish(keys.cancel, text);
      await heard;
    }
  };
  return { wake: () => wake?.(), done: takeBack().catch(() => undefined) };
}
