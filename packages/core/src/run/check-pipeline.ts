import { OrcError, shown } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { isThenable, leave } from './plain-answer.ts';

/** Refuses what is no pipeline. Throws `ERR_ORC_PIPELINE`. */
export function checkPipeline(pipeline: Pipeline): void {
  const { phases, digest } = (pipeline ?? {}) as Partial<Pipeline>;
  if (!Array.isArray(phases) || typeof digest !== 'string') {
    leave(pipeline);
    const got = isThenable(pipeline) ? 'a promise' : shown(pipeline);
    throw new OrcError('ERR_ORC_PIPELINE', `Expected a pipeline made by definePipeline, got ${got}`);
  }
}
