import type { RunReport } from '@orc/core';

/** An event of the Trace Event Format. */
export interface TraceEvent {
  /** Its name. */
  readonly name: string;
  /** Its category. */
  readonly cat?: string;
  /** Its type: `X` complete, `M` metadata, `C` counter. */
  readonly ph: 'X' | 'M' | 'C';
  /** The process. */
  readonly pid: number;
  /** The thread. */
  readonly tid: number;
  /** When, in microseconds. */
  readonly ts?: number;
  /** How long, in microseconds. */
  readonly dur?: number;
  /** More about it. */
  readonly args?: Readonly<Record<string, unknown>>;
}

const lanes = ['io', 'cpu', 'compute'] as const;
const laneNames = { io: 'calls', cpu: 'threads', compute: 'main thread' } as const;

/** The timeline in the Trace Event Format, which ui.perfetto.dev and chrome://tracing open. */
export function chromeTrace(report: RunReport): {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
} {
  const events: TraceEvent[] = [
    { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: `orc ${report.pipeline.id}` } },
  ];
  const threads = new Map<string, number>();
  for (const lane of lanes) {
    const rows = Math.max(-1, ...report.tasks.filter((task) => task.lane === lane).map(({ row }) => row));
    for (let row = 0; row <= rows; row += 1) {
      const tid = threads.size + 1;
      threads.set(`${lane}/${row}`, tid);
      events.push({ name: 'thread_name', ph: 'M', pid: 1, tid, args: { name: `${laneNames[lane]} ${row + 1}` } });
    }
  }
  for (const task of report.tasks) {
    events.push({
      name: task.task,
      cat: task.phase,
      ph: 'X',
      pid: 1,
      tid: threads.get(`${task.lane}/${task.row}`) ?? 0,
      ts: Math.round(task.startMs * 1000),
      dur: Math.max(1, Math.round((task.endMs - task.startMs) * 1000)),
      args: {
        status: task.status,
        source: task.source,
        attempts: task.attempts,
        ...(task.tier === undefined ? {} : { tier: task.tier }),
        ...(task.missReason === undefined ? {} : { missReason: task.missReason }),
        ...(task.threadId === undefined ? {} : { threadId: task.threadId }),
        ...(task.worker === undefined ? {} : { worker: task.worker }),
        ...(task.calls === 0
          ? {}
          : {
              calls: task.calls,
              inputTokens: task.inputTokens,
              outputTokens: task.outputTokens,
              costUsd: task.costUsd,
            }),
        ...(task.error === undefined ? {} : { error: task.error.message }),
      },
    });
  }
  for (const { atMs, running } of report.concurrency.timeline) {
    events.push({ name: 'running tasks', ph: 'C', pid: 1, tid: 0, ts: Math.round(atMs * 1000), args: { running } });
  }
  return { traceEvents: events, displayTimeUnit: 'ms' };
}
