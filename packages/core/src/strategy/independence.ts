import type { Pipeline } from '../pipeline/define-pipeline.ts';

/** How many phases of a pipeline are ready at the same time, a `forEach` phase counted as 3. */
export interface Independence {
  /** The most that are ready at once when each phase starts as early as it can; 1 where no two are independent. */
  readonly width: number;
  /** The phases that are ready at once there, for the reason. */
  readonly phases: readonly string[];
}

/** What a `forEach` phase counts for: how many tasks it will have is not known before it runs. */
export const fanOutCounts = 3;

const known = new WeakMap<Pipeline, Independence>();

/**
 * The widest level of a pipeline: phases with equally many phases before them on their longest way from the start, so that none waits for
 * another. It may be less than the most phases that could ever run at once, but is 1 only in a chain, and costs one look at each edge.
 * Computed once per pipeline.
 */
export function independence(pipeline: Pipeline): Independence {
  let result = known.get(pipeline);
  if (result === undefined) known.set(pipeline, (result = compute(pipeline)));
  return result;
}

function compute(pipeline: Pipeline): Independence {
  const levelOf = new Map<string, number>();
  const levels: { width: number; readonly phases: string[] }[] = [];
  // Phases come in topological order, so that those before it have their level when a phase is reached.
  for (const { id, needs, fanOut } of pipeline.phases) {
    let number = 0;
    for (const need of needs) number = Math.max(number, (levelOf.get(need) ?? 0) + 1);
    levelOf.set(id, number);
    const level = (levels[number] ??= { width: 0, phases: [] });
    level.width += fanOut ? fanOutCounts : 1;
    level.phases.push(id);
  }
  return levels.reduce((widest, level) => (level.width > widest.width ? level : widest), { width: 0, phases: [] });
}
