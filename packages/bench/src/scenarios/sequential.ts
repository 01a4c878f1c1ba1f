import { createOrchestrator } from '@orc/core';

import { mustHold } from '../errors.ts';
import { timeInterleaved } from '../measure.ts';
import { chainOfWaits } from '../pipelines/timers.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';

const phases = 10;
const waitMs = 10;
const rounds = { full: 21, short: 7, smoke: 1 };

/** Scenario 2: what the engine adds to a chain that can't be sped up, and what the cache does to its repeat. */
export const sequential: Scenario = {
  id: 'sequential',
  title: 'Sequential phases',
  question: 'Ten dependent phases of 10 ms: what does the engine add, and what does a repeat cost?',
  async run({ profile, random, progress }) {
    const pipeline = chainOfWaits(phases, waitMs);
    const standard = createOrchestrator({ optimized: false });
    const optimized = createOrchestrator({});
    const run = async (
      orchestrator: typeof standard,
      text: string,
      strategy: string,
      expectedHits: number,
    ): Promise<void> => {
      const result = await orchestrator.run(pipeline, { text, seed: 1 }).result;
      const ran = result.phases.filter((phase) => phase.status === 'fulfilled').length;
      mustHold(
        result.status === 'succeeded' && ran === phases && result.strategy.name === strategy,
        `${ran} of ${phases} phases, ${result.strategy.name} instead of ${strategy}, ${result.status}`,
      );
      mustHold(result.cache.hits === expectedHits, `${result.cache.hits} hits instead of ${expectedHits}`);
    };
    let fresh = 0;
    await optimized.run(pipeline, { text: 'repeat', seed: 1 }).result;
    const times = await timeInterleaved(
      [
        {
          id: 'bare',
          run: async () => {
            for (let index = 0; index < phases; index += 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
          },
        },
        { id: 'standard', run: () => run(standard, 'standard', 'standard', 0) },
        { id: 'optimized', run: () => run(optimized, `fresh ${(fresh += 1)}`, 'sequential', 0) },
        { id: 'cached', run: () => run(optimized, 'repeat', 'sequential', phases) },
      ],
      { rounds: rounds[profile], random, timeBoxMs: 30_000, onRound: (done, of) => progress(done / of) },
    );
    await standard.close();
    await optimized.close();
    const row = (id: string, label: string, subject: string, extra: Partial<Row> = {}): Row => ({
      id,
      label,
      subject,
      unit: 'ms',
      summary: times.summary(id),
      chart: 'Ten dependent phases of 10 ms',
      ...extra,
    });
    return {
      rows: [
        row('bare', 'a bare loop of the same timers', 'setTimeout', {
          limit: '100 ms, if timers were exact',
          bar: 'bare timers',
        }),
        row('standard', 'standard, optimizations off', 'orc', { documented: '100 ms', bar: 'standard' }),
        row('optimized', 'sequential with cache, first run', 'orc', {
          documented: '98 ms',
          bar: 'with cache, first run',
        }),
        row('cached', 'the same request again', 'orc', { bar: 'the same again' }),
      ],
      ratios: [
        {
          id: 'overhead',
          label: 'first run against the bare loop',
          ratio: times.paired('optimized', 'bare'),
        },
        {
          id: 'repeat',
          label: 'repeat against the first run',
          ratio: times.paired('cached', 'optimized'),
        },
      ],
      notes: [
        'The documented 98 ms is below what ten timers of 10 ms take by themselves on any machine: a chain can’t be made faster by running it, only by not running it again.',
      ],
      absent: [],
    };
  },
};
