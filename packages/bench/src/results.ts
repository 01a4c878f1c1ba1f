import type { Environment } from './environment.ts';
import type { Profile } from './profile.ts';
import type { Ratio, Summary } from './statistics.ts';

/** The version of the format of results files. */
export const resultsSchema = 'orc.bench/1';

/** The unit of a figure. */
export type Unit = 'ns' | 'µs' | 'ms' | 'B' | 'MB' | 'count';

/** One measured figure of a scenario. */
export interface Row {
  /** A name that stays the same from run to run: what `compare` joins by. */
  readonly id: string;
  /** What was measured, for people. */
  readonly label: string;
  /** Whose figure it is: `orc`, or a peer with its version. */
  readonly subject: string;
  readonly unit: Unit;
  readonly summary: Summary;
  /** What the original's performance page says. */
  readonly documented?: string | undefined;
  /** What no program can beat here, and why. */
  readonly limit?: string | undefined;
  /** The title of the chart that shows it. */
  readonly chart?: string | undefined;
  /** Its name in the chart, where the label is too long for one. */
  readonly bar?: string | undefined;
  /** Whether it was counted rather than timed: it is the same in every run, so that one sample tells all. */
  readonly exact?: boolean | undefined;
  /** The id of our row that it stands beside: the same work, by us. */
  readonly beside?: string | undefined;
}

/** A figure of which only the ratio travels between machines. */
export interface RatioRow {
  readonly id: string;
  readonly label: string;
  readonly ratio: Ratio;
}

/** Something that was counted, the same in every run and on every machine. */
export interface CountRow {
  readonly id: string;
  readonly label: string;
  readonly value: number;
}

/** What a scenario measured. */
export interface ScenarioOutcome {
  readonly rows: readonly Row[];
  readonly ratios: readonly RatioRow[];
  readonly counts?: readonly CountRow[] | undefined;
  /** What a reader must know to read the figures rightly. */
  readonly notes: readonly string[];
  /** What could not be run, with the reason. */
  readonly absent: readonly { readonly subject: string; readonly reason: string }[];
  /** Versions of the peers that were run. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
}

/** What a scenario came to. */
export interface ScenarioResult extends ScenarioOutcome {
  readonly id: string;
  readonly title: string;
  /** What it asks, in one sentence. */
  readonly question: string;
  /** The command that reproduces it. */
  readonly command: string;
  /** How long the scenario took, in seconds. */
  readonly seconds?: number | undefined;
}

/** A results file. */
export interface Results {
  readonly schema: typeof resultsSchema;
  readonly profile: Profile;
  readonly environment: Environment;
  readonly scenarios: readonly ScenarioResult[];
}
