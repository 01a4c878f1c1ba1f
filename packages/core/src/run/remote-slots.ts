import type { Scheduler } from '@orc/scheduler';

import { declaresFiles } from '../key/declared-files.ts';
import type { Clock } from '../clock.ts';
import type { Phase } from '../pipeline/phase.ts';
import type { CompiledPhase } from './compiled.ts';
import type { RemotePhaseRunner } from './remote-port.ts';

/** How often it is asked how many tasks the workers take: a machine that is added while a run goes on counts from then on. */
const lookEveryMs = 2000;

/** How many tasks the workers of a broker take at once; 0 where that is not known or takes too long to find out. */
export async function remoteCapacity(remote: RemotePhaseRunner, clock: Clock): Promise<number> {
  let timer: unknown;
  const late = new Promise<number>((resolve) => {
    timer = clock.setTimeout(() => resolve(0), lookEveryMs);
  });
  try {
    return await Promise.race([remote.capacity?.() ?? 0, late]);
  } catch {
    return 0;
  } finally {
    clock.clearTimeout(timer);
  }
}

/**
 * Whether a phase may be executed on another machine: it is not trivial, and reads no files of this one, which are in its
 * key as they are here.
 */
export function mayLeave(phase: Phase): boolean {
  const { kind, definition } = phase;
  return kind !== 'compute' && !definition.local && !declaresFiles(phase) && !definition.uses.request.includes('input');
}

/** As {@link mayLeave}, for a phase of a run. */
export function mayBeRemote({ phase }: CompiledPhase): boolean {
  return mayLeave(phase);
}

/**
 * While a distributed run goes on, as many tasks may be under way as the workers take, and never fewer than without them: a task that waits for
 * another machine costs this one nothing. When the last such run has ended, or the broker is lost, it is as many as this machine takes.
 */
export class RemoteSlots {
  readonly #remote: RemotePhaseRunner;
  readonly #scheduler: Scheduler;
  readonly #least: number;
  readonly #clock: Clock;
  #runs = 0;
  #timer: unknown;

  /** For the scheduler that all runs share, which has `least` workers without others. */
  constructor(remote: RemotePhaseRunner, scheduler: Scheduler, least: number, clock: Clock) {
    this.#remote = remote;
    this.#scheduler = scheduler;
    this.#least = least;
    this.#clock = clock;
  }

  /** A distributed run begins, for which `workers` have been found; call what comes back when it has ended. */
  enter(workers: number): () => void {
    this.#runs += 1;
    this.#use(workers);
    return () => {
      this.#runs -= 1;
      if (this.#runs > 0) return;
      this.#clock.clearTimeout(this.#timer);
      this.#scheduler.resize(this.#least);
    };
  }

  async #look(): Promise<void> {
    const capacity = await remoteCapacity(this.#remote, this.#clock);
    if (this.#runs > 0) this.#use(Math.max(this.#least, capacity));
  }

  /** Makes that many slots, and looks again after a while. */
  #use(workers: number): void {
    if (workers !== this.#scheduler.stats().maxWorkers) this.#scheduler.resize(workers);
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => void this.#look(), lookEveryMs);
  }
}
