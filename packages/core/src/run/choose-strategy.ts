import { errorInfo } from '../errors.ts';
import type { Strategy } from '../events.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { selectStrategy } from '../strategy/select-strategy.ts';
import type { Engine } from './engine.ts';
import { remoteCapacity } from './remote-slots.ts';
import type { RunAbort } from './run-abort.ts';

/** The strategy of a run, or of a plan: asks the broker whether it is there, where that makes a difference. */
export async function chooseStrategy(engine: Engine, pipeline: Pipeline, abort?: RunAbort): Promise<Strategy> {
  const { optimized, remote, clock } = engine.options;
  const input = { pipeline, optimized, maxWorkers: engine.workers };
  if (remote === undefined) return selectStrategy(input);
  const wanted = selectStrategy({ ...input, broker: 'reachable' });
  if (wanted.name !== 'distributed') return wanted;
  try {
    await remote.connect({ signal: abort?.signal });
    if (engine.remoteSlots === undefined) return wanted;
    const capacity = await remoteCapacity(remote, clock);
    return { ...wanted, workers: Math.max(wanted.workers, capacity) };
  } catch (error) {
    // A run that is cancelled meanwhile ends as cancelled, under whatever strategy: nothing of it is executed.
    if (abort?.aborted === true) return wanted;
    return selectStrategy({ ...input, broker: 'unreachable', brokerProblem: errorInfo(error).message });
  }
}
