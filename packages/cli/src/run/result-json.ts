import type { RunResult } from '@orc/core';

/** The result document that `--output-format json` prints. */
export interface ResultDocument {
  /** The format of this document. */
  readonly schema: 'orc.result/1';
  /** The session's id. */
  readonly sessionId: string;
  /** How the run ended. */
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
  /** The request. */
  readonly request: string;
  /** The pipeline. */
  readonly pipeline: { readonly id: string; readonly version: string; readonly digest: string };
  /** The model. */
  readonly model: string;
  /** How the plan was executed, and why so. */
  readonly strategy: { readonly name: string; readonly reason: string; readonly workers: number };
  /** The seed. */
  readonly seed: number;
  /** The result's title, where it has one. */
  readonly title?: string | undefined;
  /** The result's words, where it has some. */
  readonly words?: number | undefined;
  /** How many words were asked for, where the pipeline aims at a number. */
  readonly wordsAsked?: number | undefined;
  /** The result. */
  readonly text: string;
  /** The files of the run; `path` is relative to the artifact folder. */
  readonly artifacts: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  /** The phases, in the pipeline's order. */
  readonly phases: readonly {
    readonly id: string;
    readonly tasks: number;
    readonly status: 'fulfilled' | 'failed' | 'skipped' | 'cancelled';
    readonly cache: { readonly hits: number; readonly misses: number };
    readonly durationMs: number;
    readonly attempts: number;
  }[];
  /** Cache facts: one hit or miss for each cacheable task. */
  readonly cache: { readonly hits: number; readonly misses: number; readonly hitRatio: number; readonly size: number };
  /** Tokens and US dollars; `costUsd` is null where it is not known. */
  readonly usage: {
    readonly inputTokens: number;
    readonly cachedInputTokens: number;
    readonly outputTokens: number;
    readonly costUsd: number | null;
  };
  /** Times. */
  readonly timing: { readonly totalMs: number };
  /** What the run went on without. */
  readonly degradations: readonly unknown[];
  /** What went wrong. */
  readonly error?:
    | {
        readonly code: string;
        readonly message: string;
        readonly phase?: string | undefined;
        readonly task?: string | undefined;
      }
    | undefined;
}

/** The result document of a run. */
export function resultDocument(result: RunResult, request: string): ResultDocument {
  return {
    schema: 'orc.result/1',
    sessionId: result.sessionId,
    status: result.status,
    request,
    pipeline: { id: result.pipeline.id, version: result.pipeline.version, digest: result.pipeline.digest },
    model: result.model,
    strategy: { name: result.strategy.name, reason: result.strategy.reason, workers: result.strategy.workers },
    seed: result.seed,
    ...(result.title === undefined ? {} : { title: result.title }),
    ...(result.words === undefined ? {} : { words: result.words }),
    ...(result.wordsAsked === undefined ? {} : { wordsAsked: result.wordsAsked }),
    text: result.text,
    artifacts: result.artifacts.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
    phases: result.phases.map((phase) => ({
      id: phase.id,
      tasks: phase.tasks,
      status: phase.status,
      cache: { hits: phase.cache.hits, misses: phase.cache.misses },
      durationMs: round(phase.durationMs),
      attempts: phase.attempts,
    })),
    cache: {
      hits: result.cache.hits,
      misses: result.cache.misses,
      hitRatio: result.cache.hitRatio,
      size: result.cache.size,
    },
    usage: {
      inputTokens: result.usage.inputTokens,
      cachedInputTokens: result.usage.cachedInputTokens,
      outputTokens: result.usage.outputTokens,
      costUsd: result.usage.costUsd,
    },
    timing: { totalMs: round(result.timing.totalMs) },
    degradations: result.degradations,
    ...(result.error === undefined
      ? {}
      : {
          error: {
            code: result.error.code,
            message: result.error.message,
            ...(result.error.phase === undefined ? {} : { phase: result.error.phase }),
            ...(result.error.task === undefined ? {} : { task: result.error.task }),
          },
        }),
  };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
