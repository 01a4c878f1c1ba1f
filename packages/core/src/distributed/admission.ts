import type { ModelClient } from '../ai/model-client.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import type { Phase } from '../pipeline/phase.ts';
import { mayLeave } from '../run/remote-slots.ts';
import type { RemotePhaseRequest } from '../run/remote-port.ts';
import { taskOfModel } from './queue-names.ts';
import { refused } from './refused.ts';

/** What a worker has for a job. */
export interface Admission {
  /** The pipeline that the job names. */
  readonly pipeline: Pipeline;
  /** What the job asks for. */
  readonly request: RemotePhaseRequest;
  /** The task under which it came: it names the model. */
  readonly task: string;
  /** The worker's own model of that task. */
  readonly model: ModelClient | undefined;
}

/**
 * Decides whether a worker does a job, by what it knows itself; the job's word for it counts nothing. Returns the phase.
 *
 * @throws OrcError ERR_ORC_REFUSED with what is wrong.
 */
export function admit({ pipeline, request, task, model }: Admission): Phase {
  const phase = pipeline.phases.find(({ id }) => id === request.phase);
  const named = `Phase \`${request.phase}\` of pipeline \`${pipeline.id}\``;
  if (phase === undefined) throw refused(`${named} is unknown to this worker`);
  if (!mayLeave(phase)) throw refused(`${named} reads local files, or is trivial: a worker does not execute it`);
  if (request.request['input'] !== undefined)
    throw refused(`${named} came with a path, \`request.input\`: a worker reads no files for others`);
  const unknown = Object.keys(request.env).find((name) => !phase.definition.uses.env.includes(name));
  if (unknown !== undefined) throw refused(`${named} came with the variable ${unknown}, which it does not declare`);
  checkModel(named, phase, { request, task, model });
  return phase;
}

function checkModel(named: string, phase: Phase, job: Pick<Admission, 'request' | 'task' | 'model'>): void {
  const { request, task, model } = job;
  if (task !== taskOfModel(request.model?.identity))
    throw refused(`${named} came as a task for another model than the one that it names`);
  if (phase.kind !== 'llm') {
    if (request.model !== undefined) throw refused(`${named} calls no model, and came with one`);
    return;
  }
  if (model === undefined) throw refused(`${named} calls a model, and came without one`);
  const wanted = phase.definition.sampling.model;
  if (wanted !== undefined && wanted !== model.id)
    throw refused(`${named} is for the model ${wanted}; the job came for ${model.id}`);
}
