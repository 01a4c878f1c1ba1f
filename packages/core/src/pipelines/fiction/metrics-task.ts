import { measureText, type ChapterMetrics } from './text-metrics.ts';

/** What the worker thread gets. */
export interface MetricsInput {
  /** The chapter's text. */
  readonly text: string;
  /** Words it should have. */
  readonly target: number;
  /** First and family names of the cast. */
  readonly names: readonly string[];
}

/** Measures a chapter on a worker thread. */
export function measureChapter({ text, target, names }: MetricsInput): ChapterMetrics {
  return measureText(text, target, names);
}
