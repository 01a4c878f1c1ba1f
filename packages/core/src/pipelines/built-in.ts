import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { BuiltInPipelineId } from './auto.ts';

/** A built-in pipeline as a list shows it. */
export interface BuiltInPipeline {
  /** Its id. */
  readonly id: BuiltInPipelineId;
  /** What it makes, one sentence. */
  readonly description: string;
  /** Loads it; only then its code is read. */
  load(): Promise<Pipeline>;
}

/** The built-in pipelines, each loaded on first use. */
export const builtInPipelines: readonly BuiltInPipeline[] = Object.freeze([
  {
    id: 'fiction',
    description: 'Writes a story or a novel: plan, chapters, scenes at once, metrics, critique, manuscript.',
    load: async () => (await import('./fiction/index.ts')).fictionPipeline,
  },
  {
    id: 'analyze',
    description:
      'Analyzes a codebase: structure, imports, duplicates, secrets, hotspots, a report with SARIF findings.',
    load: async () => (await import('./analyze/analyze.ts')).analyzePipeline,
  },
  {
    id: 'general',
    description: 'Writes a structured text on any subject, with critique and fact check.',
    load: async () => (await import('./general/general.ts')).generalPipeline,
  },
  {
    id: 'build',
    description: 'Builds a small code project: files in parallel from interfaces, checked by parsing.',
    load: async () => (await import('./build/build.ts')).buildPipeline,
  },
  {
    id: 'quick',
    description: 'Answers a short request with one model call.',
    load: async () => (await import('./quick.ts')).quickPipeline,
  },
]);
