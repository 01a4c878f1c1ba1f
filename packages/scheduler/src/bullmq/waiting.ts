import type { TaskRequest, TaskResult } from '../runner.ts';

/** One caller that waits for one task. */
export interface Waiting {
  /** What it asked for. */
  readonly request: TaskRequest;
  /** The task's registered name. */
  readonly task: string;
  /** The job. */
  readonly jobId: string;
  /** When it came, by the runner's clock. */
  readonly since: number;
  /** What the input holds, where that is signed; empty before it was sent. */
  content: string;
  /** Whether the job is known to be in Redis. */
  submitted: boolean;
  /** How many times the job was found missing and was sent again. */
  resubmitted: number;
  /** Ends the wait with a result. The first end counts. */
  resolve(result: TaskResult): void;
  /** Ends the wait with an error. */
  reject(error: unknown): void;
}

/** The callers that wait, by job. Several may wait for the same one. */
export class WaitingList {
  readonly #byJob = new Map<string, Set<Waiting>>();

  /** How many jobs are waited for. */
  get size(): number {
    return this.#byJob.size;
  }

  /** The jobs that are waited for, those that were asked for first in front. */
  jobs(): IterableIterator<string> {
    return this.#byJob.keys();
  }

  /** Who waits for a job. */
  of(jobId: string): readonly Waiting[] {
    return [...(this.#byJob.get(jobId) ?? [])];
  }

  /** Everybody. */
  all(): readonly Waiting[] {
    return [...this.#byJob.values()].flatMap((waiting) => [...waiting]);
  }

  /** Adds a caller. */
  add(waiting: Waiting): void {
    const others = this.#byJob.get(waiting.jobId);
    if (others === undefined) this.#byJob.set(waiting.jobId, new Set([waiting]));
    else others.add(waiting);
  }

  /** Removes a caller; tells whether nobody waits for its job any more. */
  remove(waiting: Waiting): boolean {
    const others = this.#byJob.get(waiting.jobId);
    if (others === undefined || !others.delete(waiting)) return false;
    if (others.size > 0) return false;
    return this.#byJob.delete(waiting.jobId);
  }

  /** Moves a job behind the others, so that a bounded poll reaches all in turn. */
  rotate(jobId: string): void {
    const waiting = this.#byJob.get(jobId);
    if (waiting === undefined) return;
    this.#byJob.delete(jobId);
    this.#byJob.set(jobId, waiting);
  }
}
