import { z } from 'zod';

import type { RunReport } from './run-report.ts';

/** The last moment that a `Date` knows, in milliseconds since the epoch; nothing that a report counts is beyond it. */
const most = 8_640_000_000_000_000;

const amount = z.number().min(0).max(most);
const signed = z.number().min(-most).max(most);
const count = z.number().int().min(0);
const text = z.string();
const usd = amount.nullable();

const error = z.looseObject({
  code: text,
  message: text,
  phase: text.optional(),
  task: text.optional(),
  hint: text.optional(),
});

const outcome = z.enum(['fulfilled', 'failed', 'skipped', 'cancelled']);

const usage = z.looseObject({
  calls: count,
  inputTokens: amount,
  cachedInputTokens: amount,
  outputTokens: amount,
  costUsd: usd,
  modelMs: signed,
});

const phase = z.looseObject({
  id: text,
  title: text,
  kind: z.enum(['llm', 'io', 'cpu', 'compute']),
  needs: z.array(text),
  fanOut: z.boolean(),
  status: outcome.optional(),
  startMs: signed.optional(),
  endMs: signed.optional(),
  durationMs: signed,
  workMs: signed,
  tasks: z.looseObject({
    total: count,
    executed: count,
    cached: count,
    restored: count,
    skipped: count,
    failed: count,
    cancelled: count,
  }),
  cache: z.looseObject({ hits: count, misses: count, hitRatio: amount }),
  attempts: count,
  retries: count,
  usage,
});

const task = z.looseObject({
  task: text,
  phase: text,
  startMs: signed,
  endMs: signed,
  status: outcome,
  source: z.enum(['executed', 'cache', 'shared', 'journal', 'speculation']),
  lane: z.enum(['io', 'cpu', 'compute']),
  row: count,
  threadId: count.optional(),
  worker: text.optional(),
  tier: text.optional(),
  missReason: text.optional(),
  attempts: count,
  calls: count,
  inputTokens: amount,
  outputTokens: amount,
  costUsd: usd,
  error: error.optional(),
});

const pathTask = z.looseObject({ task: text, phase: text, startMs: signed, endMs: signed, waitMs: signed });

const reportSchema: z.ZodType<RunReport> = z.looseObject({
  schema: z.literal('orc.report/1'),
  sessionId: text,
  status: z.enum(['succeeded', 'failed', 'cancelled', 'interrupted', 'running']),
  error: error.optional(),
  startedAt: amount,
  durationMs: signed,
  pipeline: z.looseObject({ id: text, version: text, digest: text }),
  request: text,
  model: text,
  seed: z.number().int(),
  strategy: z.looseObject({
    name: z.enum(['standard', 'sequential', 'parallel', 'distributed']),
    reason: text,
    workers: amount,
  }),
  resumed: z.boolean(),
  restored: count,
  phases: z.array(phase),
  tasks: z.array(task),
  cache: z.looseObject({ hits: count, misses: count, hitRatio: amount, tiers: z.record(text, count) }),
  usage,
  models: z.array(usage.extend({ model: text })),
  concurrency: z.looseObject({
    workers: amount,
    average: signed,
    peak: count,
    peakThreads: count,
    peakQueued: count,
    utilisation: signed,
    timeline: z.array(z.looseObject({ atMs: signed, running: signed, utilisation: signed })),
  }),
  memory: z.looseObject({ peakHeapBytes: amount, peakRssBytes: amount, samples: count }).optional(),
  criticalPath: z.looseObject({ workMs: signed, waitMs: signed, tasks: z.array(pathTask) }),
  savings: z.looseObject({
    cacheMs: signed,
    cacheUsd: usd,
    cacheUnknown: count,
    parallelMs: signed,
    speculationMs: signed,
  }),
  prefetch: z.looseObject({ keys: count, found: count, speculated: count, kept: count }),
  retries: z.array(z.looseObject({ atMs: signed, task: text, attempt: count, delayMs: signed, error })),
  degradations: z.array(z.looseObject({ what: text, message: text, atMs: signed })),
  artifacts: z.array(z.looseObject({ path: text, bytes: count, sha256: text })),
  pausedMs: signed,
});

/**
 * The report that a value is: parsed JSON from a file that anybody may have written. Members that this version does not know stay.
 *
 * @returns `undefined` where the value is no report.
 */
export function parseReport(value: unknown): RunReport | undefined {
  // The value itself, and not the library's copy of it.
  return reportSchema.safeParse(value).success ? (value as RunReport) : undefined;
}
