import { OrcError } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { editedNote } from '../session/journal-record.ts';
import type { SessionStore } from '../session/session-port.ts';
import { checkGroup, failOption } from './check-options.ts';
import { checkPipeline } from './check-pipeline.ts';
import type { Engine } from './engine.ts';
import type { RunHandle } from './run.ts';
import { startRun } from './start-run.ts';

/** Options of a resumption. */
export interface ResumeOptions {
  /** Finds the session's pipeline: best the one with this digest; another version of it is run too, and only what has an equal key is taken over. */
  readonly pipelines: (id: string, digest: string, source: string | undefined) => Pipeline | undefined;
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens a session and goes on with it. */
export async function resumeRun(
  engine: Engine,
  sessions: SessionStore,
  sessionId: string,
  options: ResumeOptions,
): Promise<RunHandle> {
  checkGroup('', options, ['pipelines', 'signal']);
  if (typeof options.pipelines !== 'function') failOption('pipelines', 'a function', options.pipelines);
  const session = await sessions.open(sessionId);
  try {
    const { plan } = session;
    const { id, digest, source, version } = plan.pipeline;
    const pipeline = options.pipelines(id, digest, source);
    if (pipeline === undefined) {
      throw new OrcError(
        'ERR_ORC_PIPELINE_NOT_FOUND',
        `Session ${sessionId} ran the pipeline \`${id}\` ${version}, which is not there`,
        {
          hint: 'Install or load the pipeline, then resume again.',
          retryable: false,
        },
      );
    }
    checkPipeline(pipeline);
    if (pipeline.digest !== digest) await session.note(editedNote, { digest: pipeline.digest });
    return startRun(engine, pipeline, plan.request as unknown as PipelineRequest, {
      resume: session,
      signal: options.signal,
      fresh: plan.options['fresh'] === true,
      cache: plan.options['cache'] !== false,
    });
  } catch (error) {
    await session.close();
    throw error;
  }
}
