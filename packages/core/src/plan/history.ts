import type { RunReport } from '../report/run-report.ts';
import type { SessionStore } from '../session/session-port.ts';

/** What a phase took in past runs: medians over those in which it was executed. */
export interface PhaseHistory {
  /** Its tasks. */
  readonly tasks: number;
  /** Milliseconds of one task. */
  readonly taskMs: number;
  /** Model calls of one task. */
  readonly taskCalls: number;
  /** Tokens of one task. */
  readonly taskTokens: number;
  /** US dollars of one task; `null` where a price is not known. */
  readonly taskUsd: number | null;
}

/** Sessions that are looked at. */
const runsRead = 20;

interface Sample {
  readonly tasks: number;
  readonly executed: number;
  readonly workMs: number;
  readonly calls: number;
  readonly tokens: number;
  readonly costUsd: number | null;
}

/** Reads what the phases of a pipeline took in its latest runs. What can't be read counts as not there. */
export async function readHistory(
  sessions: SessionStore | undefined,
  pipeline: string,
): Promise<ReadonlyMap<string, PhaseHistory>> {
  const samples = new Map<string, Sample[]>();
  if (sessions === undefined) return new Map();
  const reports = await sessions.reports(pipeline, { limit: runsRead }).catch(() => []);
  for (const report of reports) {
    for (const [phase, sample] of samplesOf(report)) {
      const list = samples.get(phase) ?? [];
      samples.set(phase, list);
      list.push(sample);
    }
  }
  return new Map([...samples].map(([phase, list]) => [phase, summarize(list)]));
}

function samplesOf({ phases }: RunReport): readonly (readonly [string, Sample])[] {
  return phases
    .filter(({ tasks }) => tasks.executed > 0)
    .map(({ id, tasks, workMs, usage }) => [
      id,
      {
        tasks: tasks.total,
        executed: tasks.executed,
        workMs,
        calls: usage.calls,
        tokens: usage.inputTokens + usage.outputTokens,
        costUsd: usage.costUsd,
      },
    ]);
}

function summarize(samples: readonly Sample[]): PhaseHistory {
  const each = (value: (sample: Sample) => number): number =>
    median(samples.map((sample) => value(sample) / sample.executed));
  return {
    tasks: Math.round(median(samples.map(({ tasks }) => tasks))),
    taskMs: each(({ workMs }) => workMs),
    taskCalls: each(({ calls }) => calls),
    taskTokens: each(({ tokens }) => tokens),
    taskUsd: samples.some(({ costUsd }) => costUsd === null) ? null : each(({ costUsd }) => costUsd as number),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
