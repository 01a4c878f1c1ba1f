import type { Profile } from './profile.ts';
import type { ScenarioOutcome } from './results.ts';

/** What a scenario is given. */
export interface ScenarioContext {
  readonly profile: Profile;
  /** Seeded numbers: the same inputs in every run. */
  readonly random: () => number;
  /** An empty folder that is removed afterwards. */
  readonly dir: string;
  /** Moves the progress bar: a fraction from 0 to 1. */
  readonly progress: (fraction: number, what?: string) => void;
}

/** A question that figures answer. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  run(context: ScenarioContext): Promise<ScenarioOutcome>;
}
