import type { ModelClient } from '../ai/model-client.ts';
import { OrcError, shown } from '../errors.ts';
import type { CompiledPhase, CompiledPipeline } from './compiled.ts';
import type { ResolvedOrchestratorOptions } from './options.ts';
import { isThenable, leave } from './plain-answer.ts';

/** The models of a run. */
export interface RunModels {
  /** The one that phases use when they name none; `undefined` when there is none and nobody needs one. */
  readonly main: ModelClient | undefined;
  /** The names of all. */
  readonly ids: readonly string[];
  /** The one of a phase; `undefined` for phases that are not `llm`. */
  of(phase: CompiledPhase): ModelClient | undefined;
}

function clientOf(given: unknown, id: string): ModelClient {
  leave(given);
  if (!isThenable(given) && typeof (given as Partial<ModelClient> | null | undefined)?.generate === 'function')
    return given as ModelClient;
  throw new OrcError(
    'ERR_ORC_OPTION',
    `Expected \`models("${id}")\` to be a ModelClient, got ${isThenable(given) ? 'a promise' : shown(given)}`,
    { retryable: false, hint: 'Make the clients before the run, and hand out the one that is there.' },
  );
}

/** Finds the model of every `llm` phase before anything runs. Throws `ERR_ORC_MODEL_MISSING`, and what `models` throws. */
export function modelFor(
  compiled: CompiledPipeline,
  options: Pick<ResolvedOrchestratorOptions, 'model' | 'models'>,
): RunModels {
  const { model: main, models } = options;
  const found = new Map<CompiledPhase, ModelClient>();
  for (const phase of compiled.phases) {
    if (phase.phase.kind !== 'llm') continue;
    const wanted = phase.phase.definition.sampling.model;
    if (wanted === undefined || wanted === main?.id) {
      if (main === undefined) {
        throw new OrcError('ERR_ORC_MODEL_MISSING', `Phase \`${phase.id}\` needs a model, and none is given`, {
          phase: phase.id,
          hint: 'Give createOrchestrator a `model`; `createModel("offline/scribe")` of @orc/core/ai needs no key.',
        });
      }
      found.set(phase, main);
      continue;
    }
    if (models === undefined) {
      throw new OrcError(
        'ERR_ORC_MODEL_MISSING',
        `Phase \`${phase.id}\` needs the model ${wanted}, and there is no way to make it`,
        {
          phase: phase.id,
          hint: 'Give createOrchestrator `models: (id) => ModelClient`.',
        },
      );
    }
    found.set(phase, clientOf(models(wanted), wanted));
  }
  return { main, ids: [...new Set([...found.values()].map(({ id }) => id))], of: (phase) => found.get(phase) };
}
