import type { Pipeline, RunResult } from '@orc/core';
import { builtInPipelines } from '@orc/core/pipelines';

import { mustHold } from '../errors.ts';
import type { ReportedTask } from '../task-graph.ts';

/** The request that all scenarios with a whole pipeline run. */
export const novel: { readonly text: string; readonly seed: number } = {
  text: 'A novel about the keepers of a lighthouse',
  seed: 1,
};

/** The built-in fiction pipeline. */
export async function fictionPipeline(): Promise<Pipeline> {
  const found = builtInPipelines.find((item) => item.id === 'fiction');
  mustHold(found !== undefined, 'there is no fiction pipeline');
  return found.load();
}

/** The parts of a run's report that scenarios look at. */
export interface SeenReport {
  readonly tasks: readonly (ReportedTask & { readonly worker?: string | undefined })[];
  readonly usage: { readonly calls: number };
  readonly restored: number;
}

/** The report of a run that must have succeeded and written about as many words as were asked for. */
export function reportOf(result: RunResult, words: number): SeenReport {
  mustHold(result.status === 'succeeded', `the run ${result.status}: ${result.error?.message ?? ''}`);
  mustHold(Math.abs((result.words ?? 0) / words - 1) <= 0.1, `${result.words} words instead of ${words}`);
  return result.report;
}
