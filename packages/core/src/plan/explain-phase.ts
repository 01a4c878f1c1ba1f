import { OrcError } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { PipelineRequest } from '../pipeline/request.ts';
import { checkGroup, checkScope } from '../run/check-options.ts';
import type { Engine } from '../run/engine.ts';
import { takeRequest } from '../run/take-request.ts';
import type { WalkedTask } from './cache-walk.ts';
import { walkOf } from './plan-pipeline.ts';
import type { PlannedCache } from './plan.ts';

/** What the keys of a phase are made of, and how they differ from earlier ones. */
export interface Explanation {
  /** The phase. */
  readonly phase: string;
  /** What the cache has of it. */
  readonly cache: PlannedCache;
  /** Why, in one sentence. */
  readonly reason: string;
  /** Its tasks, as far as they are known. */
  readonly tasks: readonly WalkedTask[];
}

/** Options of `explain`. */
export interface ExplainOptions {
  /** Whose run it would be. @defaultValue none */
  readonly scope?: string | undefined;
}

/** Explains one phase of a request. */
export async function explainPhase(
  engine: Engine,
  pipeline: Pipeline,
  request: PipelineRequest,
  { phaseId, ...options }: ExplainOptions & { readonly phaseId: string },
): Promise<Explanation> {
  const taken = takeRequest(request);
  checkGroup('', options, ['scope']);
  checkScope(options.scope);
  if (!pipeline.phases.some(({ id }) => id === phaseId)) {
    throw new OrcError('ERR_ORC_PHASE', `Pipeline \`${pipeline.id}\` has no phase \`${phaseId}\``, {
      hint: `Its phases are ${pipeline.phases.map(({ id }) => id).join(', ')}.`,
    });
  }
  const walked = await walkOf(engine, pipeline, taken, options).all();
  const { cache, reason, tasks } = walked.find(({ phase }) => phase.id === phaseId) as (typeof walked)[number];
  return { phase: phaseId, cache, reason, tasks };
}
