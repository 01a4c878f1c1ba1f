import type { OutcomeStatus } from '../events.ts';
import type { CompiledPhase } from './compiled.ts';
import { UsageSum } from './usage.ts';

/** What a run counts of one phase. */
export class PhaseStats {
  /** The phase. */
  readonly phase: CompiledPhase;
  /** Whether it has begun. */
  started = false;
  /** When it began. */
  startedAt = 0;
  /** Whether it has ended. */
  ended = false;
  /** Tasks known so far. */
  tasks: number;
  /** Whether the number of tasks will not grow any more. */
  final: boolean;
  /** Tasks that ended, in whatever way. */
  done = 0;
  /** Tasks that `when` left out. */
  skipped = 0;
  /** Tasks that failed. */
  failed = 0;
  /** Tasks that were cancelled. */
  cancelled = 0;
  /** Outputs that came from the cache. */
  hits = 0;
  /** Outputs that the cache was asked for in vain. */
  misses = 0;
  /** Attempts of all tasks. */
  attempts = 0;
  /** Milliseconds from its first task's start to its last task's end. */
  durationMs = 0;
  /** Tokens and cost. */
  readonly usage: UsageSum = new UsageSum();

  /** Starts at nothing. */
  constructor(phase: CompiledPhase) {
    this.phase = phase;
    this.tasks = phase.depth === 0 ? 1 : 0;
    this.final = phase.depth === 0;
  }

  /** How it ended. */
  get status(): OutcomeStatus {
    if (this.failed > 0) return 'failed';
    if (this.cancelled > 0) return 'cancelled';
    if (!this.final || this.done < this.tasks) return this.started ? 'cancelled' : 'skipped';
    return this.tasks > 0 && this.skipped === this.tasks ? 'skipped' : 'fulfilled';
  }
}
