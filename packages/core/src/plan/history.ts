import type { JsonObject } from '@orc/cache';

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
  const summaries = await sessions.list().catch(() => []);
  const latest = summaries
    .filter((summary) => summary.pipeline.id === pipeline && summary.status === 'succeeded')
    .slice(0, runsRead);
  for (const { id } of latest) {
    const { report } = await sessions.read(id).catch(() => ({ report: undefined }));
    for (const [phase, sample] of samplesOf(report)) {
      const list = samples.get(phase) ?? [];
      samples.set(phase, list);
      list.push(sample);
    }
  }
  return new Map([...samples].map(([phase, list]) => [phase, summarize(list)]));
}

function samplesOf(report: JsonObject | undefined): readonly (readonly [string, Sample])[] {
  const phases: unknown = report?.['phases'];
  if (!Array.isArray(phases)) return [];
  return (phases as JsonObject[]).flatMap((phase) => {
    const { id, tasks, workMs, usage } = phase as unknown as {
      id?: unknown;
      tasks?: { total?: unknown; executed?: unknown };
      workMs?: unknown;
      usage?: { calls?: unknown; inputTokens?: unknown; outputTokens?: unknown; costUsd?: unknown };
    };
    if (
      typeof id !== 'string' ||
      typeof workMs !== 'number' ||
      typeof tasks?.executed !== 'number' ||
      typeof tasks.total !== 'number'
    )
      return [];
    if (tasks.executed === 0) return [];
    const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
    const sample: Sample = {
      tasks: tasks.total,
      executed: tasks.executed,
      workMs,
      calls: number(usage?.calls),
      tokens: number(usage?.inputTokens) + number(usage?.outputTokens),
      costUsd: usage?.costUsd === null ? null : number(usage?.costUsd),
    };
    return [[id, sample] as const];
  });
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
