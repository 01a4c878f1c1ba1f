import { createOrchestrator } from '@orc/core';

import { mustHold } from '../errors.ts';
import { timeInterleaved } from '../measure.ts';
import { chainOfWaits } from '../pipelines/timers.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, type Summary } from '../statistics.ts';

const phases = 10;
const waitMs = 10;

/** Scenario 2: what the engine adds to a chain that can't be sped up, and what the cache does to its repeat. */
export const sequential: Scenario = {
  id: 'sequential',
  title: 'Sequential phases',
  question: 'Ten dependent phases of 10 ms: what does the engine add, and what does a repeat cost?',
  async run({ profile, random, progress }) {
    const pipeline = chainOfWaits(phases, waitMs);
    const standard = createOrchestrator({ optimized: false });
    const optimized = createOrchestrator({});
    let fresh = 0;
    const repeated = { text: 'repeat', seed: 1 };
    await optimized.run(pipeline, repeated).result;
    const times = await timeInterleaved(
      [
        {
          id: 'bare',
          run: async () => {
            for (let index = 0; index < phases; index += 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
          },
        },
        {
          id: 'standard',
          run: async () => {
            const result = await standard.run(pipeline, { text: 'standard', seed: 1 }).result;
            mustHold(
              result.status === 'succeeded' && result.cache.hits === 0 && result.strategy.name === 'standard',
              'the standard run used the cache',
            );
          },
        },
        {
          id: 'optimized',
          run: async () => {
            fresh += 1;
            const result = await optimized.run(pipeline, { text: `fresh ${fresh}`, seed: 1 }).result;
            mustHold(
              result.status === 'succeeded' && result.cache.hits === 0,
              'a first run found something in the cache',
            );
          },
        },
        {
          id: 'cached',
          run: async () => {
            const result = await optimized.run(pipeline, repeated).result;
            mustHold(result.cache.hits === phases, 'a repeat was not served from the cache');
          },
        },
      ],
      { rounds: profile === 'full' ? 21 : 7, random, onRound: (done, of) => progress(done / of) },
    );
    await standard.close();
    await optimized.close();
    const row = (id: string, label: string, subject: string, extra: Partial<Row> = {}): Row => ({
      id,
      label,
      subject,
      unit: 'ms',
      summary: times.get(id) as Summary,
      chart: 'chain',
      ...extra,
    });
    return {
      rows: [
        row('bare', 'a bare loop of the same timers', 'setTimeout', { limit: '100 ms, if timers were exact' }),
        row('standard', 'standard, optimizations off', 'orc', { documented: '100 ms' }),
        row('optimized', 'sequential with cache, first run', 'orc', { documented: '98 ms' }),
        row('cached', 'the same request again', 'orc'),
      ],
      ratios: [
        {
          id: 'overhead',
          label: 'first run against the bare loop',
          ratio: ratioOf(times.get('optimized') as Summary, times.get('bare') as Summary),
        },
        {
          id: 'repeat',
          label: 'repeat against the first run',
          ratio: ratioOf(times.get('cached') as Summary, times.get('optimized') as Summary),
        },
      ],
      notes: [
        'The documented 98 ms is below what ten timers of 10 ms take by themselves on any machine: a chain can’t be made faster by running it, only by not running it again.',
      ],
      absent: [],
    };
  },
};
