import { OrcError } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { editedNote } from '../session/journal-record.ts';
import type { Session, SessionStore } from '../session/session-port.ts';
import { checkGroup, failOption } from './check-options.ts';
import { checkPipeline } from './check-pipeline.ts';
import type { Engine } from './engine.ts';
import { foreignSession, foreignUses, type ForeignUse } from './foreign-uses.ts';
import type { RunHandle } from './run.ts';
import { changedSources } from './resume-sources.ts';
import { startRun } from './start-run.ts';
import { takeRequest } from './take-request.ts';

/** Options of a resumption. */
export interface ResumeOptions {
  /** Finds the session's pipeline: best the one with this digest; another version of it is run too, and only what has an equal key is taken over. */
  readonly pipelines: (id: string, digest: string, source: string | undefined) => Pipeline | undefined;
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether a session that was made with another data folder may use what its plan asks for: a folder to read, files, a model. A function is told what
   * that is, and asked. Once it is agreed to, the session counts as made here. @defaultValue false: such a session is refused, with what it would use
   */
  readonly trustForeign?: boolean | ((uses: readonly ForeignUse[]) => boolean | Promise<boolean>) | undefined;
}

/** Opens a session and goes on with it. */
export async function resumeRun(
  engine: Engine,
  sessions: SessionStore,
  sessionId: string,
  options: ResumeOptions,
): Promise<RunHandle> {
  checkGroup('', options, ['pipelines', 'signal', 'trustForeign']);
  if (typeof options.pipelines !== 'function') failOption('pipelines', 'a function', options.pipelines);
  const { trustForeign = false } = options;
  if (typeof trustForeign !== 'boolean' && typeof trustForeign !== 'function')
    failOption('trustForeign', 'true, false or a function', trustForeign);
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
    if (session.foreign) await agree(session, foreignUses(plan, pipeline, engine.options.model?.id), trustForeign);
    const request = takeRequest(plan.request as unknown as PipelineRequest);
    const edited = pipeline.digest !== digest;
    const sources = await changedSources(pipeline, request, session, engine.options);
    // From here on the records are of more than one making: only their keys tell which of them hold.
    if (edited || sources.length > 0)
      await session.note(editedNote, { digest: pipeline.digest, changed: [...sources] });
    const changed = edited ? ['the pipeline', ...sources] : sources;
    return startRun(engine, pipeline, request, {
      changed,
      resume: session,
      signal: options.signal,
      fresh: plan.options['fresh'] === true,
      cache: plan.options['cache'] !== false,
      scope: typeof plan.options['scope'] === 'string' ? plan.options['scope'] : undefined,
    });
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function agree(
  session: Session,
  uses: readonly ForeignUse[],
  trust: NonNullable<ResumeOptions['trustForeign']>,
): Promise<void> {
  if (uses.length === 0) return;
  if (!(typeof trust === 'function' ? await trust(uses) : trust)) throw foreignSession(session.id, uses);
  await session.adopt();
}
