import {
  createOrchestrator,
  definePipeline,
  type OrchestratorOptions,
  type Phase,
  type Pipeline,
} from '../../src/index.ts';
import { finished } from './events.ts';
import { fakeModel } from './fake-model.ts';

/** A pipeline of these phases, whose result is the last one's output as JSON. */
export function pipelineOf(...phases: readonly Phase[]): Pipeline {
  return definePipeline({
    id: 'test',
    version: '1',
    description: 'A pipeline of a test',
    phases,
    result: { phase: phases.at(-1) as Phase, text: (output) => JSON.stringify(output) ?? '' },
  });
}

export const request = { text: 'space', seed: 1 };

/** Runs a pipeline of these phases in an orchestrator of its own. */
export async function runOf(
  phases: readonly Phase[],
  options: OrchestratorOptions = {},
): Promise<Awaited<ReturnType<typeof finished>>> {
  await using orchestrator = createOrchestrator({ model: fakeModel(), ...options });
  return await finished(orchestrator.run(pipelineOf(...phases), request));
}
