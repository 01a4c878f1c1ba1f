import type { Clock } from '../clock.ts';
import type { CoordinatorLink, JobStanding } from './coordinator-link.ts';
import { listWorkers } from './presence.ts';
import type { WorkerList } from './presence.ts';
import type { RemoteTimings } from './preset.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { Signer } from './signature.ts';
import type { Waiting, WaitingList } from './waiting.ts';

/** What a {@link CoordinatorWatch} works with, and whom it tells. */
export interface WatchOptions {
  /** Time. */
  readonly clock: Clock;
  /** How often to look, and when Redis counts as lost. */
  readonly timings: RemoteTimings;
  /** The queue's names. */
  readonly keys: QueueKeys;
  /** Tells whose signature counts. */
  readonly signer: Signer | undefined;
  /** How long a task may wait while no worker knows it; 0 for ever. */
  readonly noWorkerMs: number;
  /** Who waits. */
  readonly waiting: WaitingList;
  /** A job's standing, seen and not told. */
  readonly onStanding: (jobId: string, standing: JobStanding) => void;
  /** Redis has not answered for too long. */
  readonly onLost: (link: CoordinatorLink) => void;
  /** Redis answers again. */
  readonly onBack: (link: CoordinatorLink) => void;
  /** No living worker has known the task for too long. */
  readonly onNoWorker: (waiting: Waiting, silentMs: number, workers: WorkerList) => void;
  /** A task waits, and the only workers that there are have another secret, or none. */
  readonly onUnusable: (link: CoordinatorLink) => void;
}

// So that ten thousand waiting jobs don't become ten thousand questions at once; all get their turn.
const pollBatch = 256;

/** Looks by itself, while somebody waits: events can get lost, Redis can go away, workers can be missing. */
export class CoordinatorWatch {
  readonly #options: WatchOptions;
  readonly #workerSeenAt: Map<string, number> = new Map();
  #timer: unknown;
  #polling = false;
  #answeredAt = 0;
  #lost = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Whether Redis was lost and has not answered since. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Starts to look, unless it does already. */
  start(link: CoordinatorLink): void {
    if (this.#timer !== undefined || this.#options.waiting.size === 0) return;
    this.#answeredAt = this.#options.clock.now();
    this.#arm(link);
  }

  /** Stops when nobody waits. */
  stop(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#workerSeenAt.clear();
  }

  #arm(link: CoordinatorLink): void {
    const { clock, timings } = this.#options;
    this.#timer = clock.setTimeout(() => {
      this.#look(link);
      if (this.#timer !== undefined) this.#arm(link);
    }, timings.pollMs);
  }

  #look(link: CoordinatorLink): void {
    const { clock, timings, onLost } = this.#options;
    // One rule for a closed connection and for a silent one.
    if (clock.now() - this.#answeredAt >= timings.brokerLostMs) {
      this.#lost = true;
      onLost(link);
      return;
    }
    if (this.#polling) return;
    this.#polling = true;
    void this.#poll(link)
      .catch(() => undefined)
      .finally(() => (this.#polling = false));
  }

  async #poll(link: CoordinatorLink): Promise<void> {
    const { clock, keys, signer, waiting, onStanding, onBack } = this.#options;
    const jobIds = [...waiting.jobs()].slice(0, pollBatch);
    const asked = Promise.all(jobIds.map((jobId) => link.standing(jobId)));
    const workers = await listWorkers(link.broker.client, keys, signer);
    const standings = await asked;
    this.#answeredAt = clock.now();
    if (this.#lost) {
      this.#lost = false;
      onBack(link);
    }
    for (const [index, jobId] of jobIds.entries()) {
      waiting.rotate(jobId);
      const standing = standings[index];
      if (standing !== undefined && waiting.of(jobId).every(({ submitted }) => submitted)) onStanding(jobId, standing);
    }
    if (workers.usable.length === 0 && workers.unusable > 0 && waiting.size > 0) this.#options.onUnusable(link);
    if (this.#options.noWorkerMs > 0) this.#missWorkers(workers);
  }

  #missWorkers(workers: WorkerList): void {
    const known = new Set(workers.usable.flatMap(({ tasks }) => tasks));
    const { clock, waiting, noWorkerMs, onNoWorker } = this.#options;
    const now = clock.now();
    for (const task of known) this.#workerSeenAt.set(task, now);
    for (const one of waiting.all()) {
      const silentMs = now - Math.max(one.since, this.#workerSeenAt.get(one.task) ?? 0);
      if (!known.has(one.task) && silentMs >= noWorkerMs) onNoWorker(one, silentMs, workers);
    }
  }
}
