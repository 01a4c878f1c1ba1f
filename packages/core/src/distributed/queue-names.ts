import { createRequire } from 'node:module';

import { digest } from '@orc/cache';
import type { JsonObject } from '@orc/cache';

const manifest = createRequire(import.meta.url)('../../package.json') as { readonly version: string };

/** The version of this package. */
export const packageVersion: string = manifest.version;

/** What every distributed run's keys in Redis start with, unless told otherwise. */
export const defaultPrefix = 'orc';

/**
 * The queue of a pipeline. A pipeline made from a file's text travels with it, so every worker of this version can serve it and all such
 * pipelines share a queue; any other is served by workers that have the very same one, so its digest names its queue.
 */
export function queueOfPipeline(pipeline: { readonly digest: string; readonly source?: string | undefined }): string {
  return pipeline.source === undefined ? `pipeline-${pipeline.digest.slice(0, 32)}` : filesQueue;
}

/** The queue of pipelines that travel as text. The same text makes the same pipeline only in the same version. */
export const filesQueue: string = `pipeline-files-${packageVersion.replaceAll(/[^A-Za-z0-9.-]/g, '_')}`;

/** The name of the task that executes a phase: one that calls a model is for workers that have an equal model. */
export function taskOfModel(identity: JsonObject | undefined): string {
  return identity === undefined ? 'phase' : `phase-with-${digest(identity).slice(0, 16)}`;
}
