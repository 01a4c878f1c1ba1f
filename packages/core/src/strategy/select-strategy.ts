import type { Strategy } from '../events.ts';
import type { Pipeline } from '../pipeline/define-pipeline.ts';
import { fanOutCounts, independence } from './independence.ts';

/** What the choice of a strategy depends on; nothing else does. */
export interface StrategyInput {
  /** The pipeline. */
  readonly pipeline: Pipeline;
  /** Whether optimizations are on. */
  readonly optimized: boolean;
  /** The most tasks at once, resolved: 1 or more. */
  readonly maxWorkers: number;
  /** Whether a broker is configured, and whether it can be reached. */
  readonly broker?: 'none' | 'reachable' | 'unreachable' | undefined;
  /** Why it can't be reached, in one sentence. */
  readonly brokerProblem?: string | undefined;
}

const brokerAway = '; the broker can not be reached';

/** Why a run that would be distributed is not, where its strategy says so. */
export function brokerProblemOf({ reason }: Strategy): string | undefined {
  const at = reason.indexOf(brokerAway);
  return at < 0 ? undefined : reason.slice(at + 2);
}

/**
 * Chooses how a plan is executed, and says why. Pure. In this order: optimizations off → `standard`; at most 2 phases, no two
 * independent ones, or one worker → `sequential`; a broker → `distributed`; else → `parallel`. A `forEach` phase counts as 3 everywhere.
 */
export function selectStrategy(input: StrategyInput): Strategy {
  const { pipeline, optimized, maxWorkers, broker = 'none', brokerProblem } = input;
  const count = pipeline.phases.length;
  if (!optimized)
    return { name: 'standard', reason: 'optimizations are off: one task at a time, no cache', workers: 1 };
  if (pipeline.phases.reduce((sum, { fanOut }) => sum + (fanOut ? fanOutCounts : 1), 0) <= 2)
    return {
      name: 'sequential',
      reason: `${count === 1 ? 'one phase' : `${count} phases`}: nothing to run at once`,
      workers: 1,
    };
  const { width, phases } = independence(pipeline);
  if (width < 2) return { name: 'sequential', reason: `no two of the ${count} phases are independent`, workers: 1 };
  if (maxWorkers === 1) return { name: 'sequential', reason: 'concurrency is 1', workers: 1 };
  const together = new Set(phases);
  const fanOut = pipeline.phases.filter((phase) => phase.fanOut && together.has(phase.id)).map((phase) => phase.id);
  const independent =
    fanOut.length === 0
      ? `${width} phases are independent (${named(phases)})`
      : `${fanOut.length === 1 ? `phase ${fanOut.join()} fans` : `phases ${named(fanOut)} fan`} out into independent tasks`;
  if (broker === 'reachable')
    return { name: 'distributed', reason: `${independent}; a broker is configured`, workers: maxWorkers };
  const why = brokerProblem === undefined ? '' : `: ${brokerProblem}`;
  const fallback = broker === 'unreachable' ? `${brokerAway}${why}` : '';
  return { name: 'parallel', reason: `${independent}${fallback}`, workers: maxWorkers };
}

const mostNames = 12;

/** Names for the reason, which is one line of a log. */
function named(phases: readonly string[]): string {
  if (phases.length <= mostNames) return phases.join(', ');
  return `${phases.slice(0, mostNames).join(', ')} and ${phases.length - mostNames} more`;
}
