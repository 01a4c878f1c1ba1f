import { isOrcError } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { parsePipeline } from '../pipelines/file/parse-pipeline.ts';
import type { RemotePhaseRequest } from '../run/remote-port.ts';
import { refused } from './refused.ts';

const kept = 32;

/** Makes pipelines from the texts that come with the work, each once. A text that is not what it is said to be leaves no trace. */
export class PipelineTexts {
  // By text: what stands under a digest must not be decided by whoever names it first.
  readonly #made = new Map<string, Promise<Pipeline>>();

  /** The pipeline that a job names. Throws `ERR_ORC_REFUSED` when its text does not make it. */
  async of({ id, digest, source }: RemotePhaseRequest['pipeline']): Promise<Pipeline> {
    if (source === undefined)
      throw refused(`Pipeline \`${id}\` came without its text, and this worker has none with digest ${digest}`);
    const pipeline = await this.#make(id, source);
    if (pipeline.digest !== digest)
      throw refused(`Pipeline \`${id}\` becomes another one on this worker: ${pipeline.digest}, expected ${digest}`);
    return pipeline;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#made.size;
  }

  async #make(id: string, source: string): Promise<Pipeline> {
    const before = this.#made.get(source);
    if (before !== undefined) {
      // Moved to the end: what is used stays longest.
      this.#made.delete(source);
      this.#made.set(source, before);
      return before;
    }
    const pipeline = parsePipeline(source, `${id}.yaml`);
    this.#made.set(source, pipeline);
    try {
      const made = await pipeline;
      const oldest = this.#made.size > kept ? this.#made.keys().next().value : undefined;
      if (oldest !== undefined) this.#made.delete(oldest);
      return made;
    } catch (error) {
      this.#made.delete(source);
      if (isOrcError(error))
        throw refused(`Pipeline \`${id}\` can not be made on this worker: ${error.message}`, error);
      throw error;
    }
  }
}
