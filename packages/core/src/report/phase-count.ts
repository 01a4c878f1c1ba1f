import type { OutcomeStatus, PhaseSummary } from '../events.ts';
import { isExecuted, lengthOf, sum } from './concurrency.ts';
import type { PhaseReport, TaskReport } from './run-report.ts';
import { UsageCount } from './usage-count.ts';

/** What the events say about one phase besides its tasks. */
export class PhaseCount {
  /** The phase. */
  readonly phase: PhaseSummary;
  /** How it ended. */
  status: OutcomeStatus | undefined;
  /** Tasks known so far. */
  known: number;
  /** Lookups that found something. */
  hits = 0;
  /** Lookups in vain. */
  misses = 0;
  /** Attempts that were made again. */
  retries = 0;
  /** Its model calls. */
  readonly usage: UsageCount = new UsageCount();

  /** Starts at nothing. */
  constructor(phase: PhaseSummary) {
    this.phase = phase;
    this.known = phase.fanOut ? 0 : 1;
  }

  /** The phase in the report. */
  report(tasks: readonly TaskReport[]): PhaseReport {
    const { id, title, kind, needs, fanOut } = this.phase;
    const startMs =
      tasks.length === 0
        ? undefined
        : tasks.reduce((least, task) => Math.min(least, task.startMs), Number.POSITIVE_INFINITY);
    const endMs = tasks.length === 0 ? undefined : tasks.reduce((most, task) => Math.max(most, task.endMs), 0);
    const executed = tasks.filter(isExecuted);
    const count = (test: (task: TaskReport) => boolean): number => tasks.filter(test).length;
    return {
      id,
      title,
      kind,
      needs,
      fanOut,
      status: this.status,
      startMs,
      endMs,
      durationMs: startMs === undefined || endMs === undefined ? 0 : endMs - startMs,
      workMs: sum(executed.map(lengthOf)),
      tasks: {
        total: Math.max(this.known, tasks.length),
        executed: executed.filter(({ status }) => status === 'fulfilled').length,
        cached: count(({ source }) => source === 'cache' || source === 'shared'),
        restored: count(({ source }) => source === 'journal'),
        skipped: count(({ status, source }) => status === 'skipped' && source !== 'journal'),
        failed: count(({ status }) => status === 'failed'),
        cancelled: count(({ status }) => status === 'cancelled'),
      },
      cache: { hits: this.hits, misses: this.misses, hitRatio: ratio(this.hits, this.misses) },
      attempts: sum(tasks.map(({ attempts, source }) => (source === 'journal' ? 0 : attempts))),
      retries: this.retries,
      usage: this.usage.total,
    };
  }
}

/** Hits per lookup; 0 when there was none. */
export function ratio(hits: number, misses: number): number {
  return hits + misses === 0 ? 0 : hits / (hits + misses);
}
