import { OrcError } from '../errors.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { SessionPlan } from '../session/session-port.ts';

/** Something of this machine, or of this user's money, that a session from elsewhere would use. */
export interface ForeignUse {
  /** The folder that the request reads, the files that the session's own pipeline reads, or a model. */
  readonly what: 'input' | 'files' | 'model';
  /** Which. It is text from elsewhere. */
  readonly value: string;
}

/**
 * What a session would use of this machine when it goes on. A model of the package itself (`offline/…`) costs nothing and stays here, so it is not
 * named; neither is what the pipeline that the caller found does by itself.
 *
 * @param plan - The session's plan.
 * @param pipeline - The pipeline that it would go on with.
 * @param model - The model for phases that name none. @defaultValue the plan's
 */
export function foreignUses(
  plan: SessionPlan,
  pipeline: Pipeline,
  model: string = plan.model.id,
): readonly ForeignUse[] {
  const uses: ForeignUse[] = [];
  const { input } = plan.request;
  if (typeof input === 'string') uses.push({ what: 'input', value: input });
  // A pipeline in a file can't do more than that; the source is the session's own.
  if (pipeline.source !== undefined && pipeline.source === plan.pipeline.source) {
    const files = new Set(
      pipeline.phases.flatMap(({ definition }) => {
        // A file's own pipeline has names only; a function would be code that the caller has found.
        const { files: names } = definition.uses;
        return typeof names === 'function' ? [] : names;
      }),
    );
    if (files.size > 0) uses.push({ what: 'files', value: [...files].join(', ') });
  }
  const models = new Set(
    pipeline.phases
      .filter(({ kind }) => kind === 'llm')
      .map((phase) => phase.definition.sampling.model ?? model)
      .filter((name) => name !== '' && !name.startsWith('offline/')),
  );
  for (const name of models) uses.push({ what: 'model', value: name });
  return uses;
}

/** The error for a session from elsewhere that nobody has agreed to go on with. */
export function foreignSession(session: string, uses: readonly ForeignUse[]): OrcError {
  const named = uses.map(({ what, value }) => `${nouns[what]} \`${value}\``);
  return new OrcError(
    'ERR_ORC_SESSION_FOREIGN',
    `Expected session \`${session}\` to be one that was made here, but it came from elsewhere and would use ${named.join(', ')}`,
    { hint: 'Look at what it would use. If that is right, resume it with `trustForeign: true`.', retryable: false },
  );
}

const nouns: Readonly<Record<ForeignUse['what'], string>> = {
  input: 'the folder',
  files: 'the files',
  model: 'the model',
};
