import { installedVersion, recordEnvironment } from './environment.ts';
import { BenchError, ScenarioError } from './errors.ts';
import { removeFolder, temporaryFolder } from './processes/tracked.ts';
import type { Profile } from './profile.ts';
import type { Progress } from './progress.ts';
import { seededRandom } from './random.ts';
import { resultsSchema, type Results, type ScenarioOutcome, type ScenarioResult } from './results.ts';
import type { Scenario } from './scenario.ts';

const recorded = ['@orc/cache', '@orc/scheduler', '@orc/core', 'tinybench', 'bullmq', 'ioredis'];
const seed = 7;

/** How scenarios are run. */
export interface RunOptions {
  readonly profile: Profile;
  readonly progress: Progress;
  readonly now: () => Date;
  /** Milliseconds that one scenario may take before the run is given up. @defaultValue 240,000 */
  readonly timeBoxMs?: number | undefined;
}

/** Runs scenarios one after another, each with the same seed and an empty folder. The first that fails ends the run. */
export async function runScenarios(scenarios: readonly Scenario[], options: RunOptions): Promise<Results> {
  const { profile, progress } = options;
  const environment = recordEnvironment(options.now());
  const versions: Record<string, string> = {};
  for (const name of recorded) {
    const version = installedVersion(name);
    if (version !== undefined) versions[name] = version;
  }
  const results: ScenarioResult[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    progress.start(scenario.title, index + 1, scenarios.length);
    const started = performance.now();
    let outcome: ScenarioOutcome;
    try {
      outcome = await runOne(scenario, options);
    } catch (error) {
      progress.clear();
      // The name of the scenario goes before what its work had to say; a defect of ours keeps its stack.
      if (error instanceof BenchError) throw new ScenarioError(`${scenario.id}: ${error.message}`, { cause: error });
      throw error;
    }
    const seconds = (performance.now() - started) / 1000;
    progress.done(seconds);
    const { versions: ofPeers, ...figures } = outcome;
    Object.assign(versions, ofPeers);
    results.push({
      id: scenario.id,
      title: scenario.title,
      question: scenario.question,
      command: `pnpm bench ${scenario.id}`,
      seconds: Math.round(seconds * 10) / 10,
      ...figures,
    });
  }
  return { schema: resultsSchema, profile, environment: { ...environment, versions }, scenarios: results };
}

async function runOne(scenario: Scenario, options: RunOptions): Promise<ScenarioOutcome> {
  const { profile, progress, timeBoxMs = 240_000 } = options;
  const dir = temporaryFolder();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      scenario.run({
        profile,
        random: seededRandom(seed),
        dir,
        progress: (fraction, what) => progress.update(fraction, what),
      }),
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new ScenarioError(`Expected to end within ${timeBoxMs / 1000} s, it has not`)),
          timeBoxMs,
        );
      }),
    ]);
  } finally {
    clearTimeout(timer);
    removeFolder(dir);
  }
}
