import type { Pipeline } from '../pipeline/define-pipeline.ts';

/** How many phases of a pipeline can be ready at the same time, a `forEach` phase counted as 3. */
export interface Independence {
  /** The most that can be ready at once. */
  readonly width: number;
  /** The phases that are ready at once there, for the reason. */
  readonly phases: readonly string[];
}

/** What a `forEach` phase counts for: how many tasks it will have is not known before it runs. */
export const fanOutCounts = 3;

const known = new WeakMap<Pipeline, Independence>();

/**
 * The widest set of phases of which none waits for another: a maximum antichain, by Dilworth's theorem the number of copies less a
 * maximum matching in the transitive closure. Computed once per pipeline.
 */
export function independence(pipeline: Pipeline): Independence {
  let result = known.get(pipeline);
  if (result === undefined) known.set(pipeline, (result = compute(pipeline)));
  return result;
}

function compute(pipeline: Pipeline): Independence {
  const phases = pipeline.phases;
  const indexOf = new Map(phases.map((phase, index) => [phase.id, index]));
  // Phases come in topological order, so that each one's ancestors are complete when it is reached.
  const ancestors: Set<number>[] = [];
  for (const phase of phases) {
    const all = new Set<number>();
    for (const need of phase.needs) {
      const index = indexOf.get(need) as number;
      all.add(index);
      for (const further of ancestors[index] as Set<number>) all.add(further);
    }
    ancestors.push(all);
  }
  const copies = phases.flatMap((phase, index) => Array.from({ length: phase.fanOut ? fanOutCounts : 1 }, () => index));
  // Edge from a copy to every copy of a phase that comes before it.
  const before = copies.map((index) =>
    copies.flatMap((other, at) => ((ancestors[index] as Set<number>).has(other) ? [at] : [])),
  );
  const takenBy = copies.map(() => -1);
  const match = (copy: number, seen: Set<number>): boolean => {
    for (const at of before[copy] as number[]) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (takenBy[at] === -1 || match(takenBy[at] as number, seen)) {
        takenBy[at] = copy;
        return true;
      }
    }
    return false;
  };
  const unmatched: number[] = [];
  for (let copy = 0; copy < copies.length; copy += 1) if (!match(copy, new Set())) unmatched.push(copy);

  // König: what the unmatched copies reach by alternating paths tells the antichain.
  const left = new Set(unmatched);
  const right = new Set<number>();
  const queue = [...unmatched];
  for (let copy = queue.pop(); copy !== undefined; copy = queue.pop()) {
    for (const at of before[copy] as number[]) {
      if (right.has(at)) continue;
      right.add(at);
      const owner = takenBy[at] as number;
      if (owner !== -1 && !left.has(owner)) {
        left.add(owner);
        queue.push(owner);
      }
    }
  }
  const widest = copies.filter((_, copy) => left.has(copy) && !right.has(copy));
  return {
    width: widest.length,
    phases: [...new Set(widest)].map((index) => (phases[index] as (typeof phases)[number]).id),
  };
}
