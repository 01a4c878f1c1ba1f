import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installedVersion, recordEnvironment } from './environment.ts';
import type { Progress } from './progress.ts';
import { seededRandom } from './random.ts';
import type { Results, ScenarioResult } from './results.ts';
import type { Profile, Scenario } from './scenario.ts';

const recorded = ['@orc/cache', '@orc/scheduler', '@orc/core', 'tinybench', 'bullmq', 'ioredis'];

/** Runs scenarios one after another, each with its own seed and an empty folder. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  options: { readonly profile: Profile; readonly progress: Progress; readonly now: () => Date },
): Promise<Results> {
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    const dir = mkdtempSync(join(tmpdir(), 'orc-bench-'));
    options.progress.start(scenario.title);
    try {
      const outcome = await scenario.run({
        profile: options.profile,
        random: seededRandom(7),
        dir,
        progress: (fraction, what) => options.progress.update(fraction, what),
      });
      results.push({
        id: scenario.id,
        title: scenario.title,
        question: scenario.question,
        command: `pnpm bench ${scenario.id}`,
        ...outcome,
      });
    } finally {
      options.progress.done();
      rmSync(dir, { recursive: true, force: true });
    }
  }
  const versions = Object.fromEntries(
    recorded.flatMap((name) =>
      installedVersion(name) === undefined ? [] : [[name, installedVersion(name) as string]],
    ),
  );
  return {
    schema: 'orc.bench/1',
    profile: options.profile,
    environment: recordEnvironment(options.now(), versions),
    scenarios: results,
  };
}
