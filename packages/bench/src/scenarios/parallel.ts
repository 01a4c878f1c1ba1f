import { createOrchestrator } from '@orc/core';
import { availableCores } from '@orc/scheduler';

import { mustHold } from '../errors.ts';
import { timeInterleaved } from '../measure.ts';
import { burn } from '../pipelines/burn-task.ts';
import { calibrate, independentBurns } from '../pipelines/burns.ts';
import { independentWaits } from '../pipelines/timers.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, type Summary } from '../statistics.ts';

const count = 4;
const eachMs = 100;

/** Scenario 3: four independent phases, as waits and as fixed CPU work on threads. */
export const parallel: Scenario = {
  id: 'parallel',
  title: 'Parallel phases, 4 workers',
  question: 'Four independent phases of 100 ms: how near to the limit do waits and CPU work come?',
  async run({ profile, random, progress }) {
    const cores = availableCores();
    const rounds = calibrate(eachMs);
    const waits = independentWaits(count, eachMs);
    const burns = independentBurns(count, rounds);
    const standard = createOrchestrator({ optimized: false });
    const optimized = createOrchestrator({ maxWorkers: count, cache: false });
    const run = async (orchestrator: typeof standard, pipeline: typeof waits, strategy: string): Promise<void> => {
      const result = await orchestrator.run(pipeline, { text: 'run', seed: 1 }).result;
      mustHold(
        result.status === 'succeeded' && result.strategy.name === strategy,
        `expected ${strategy}, got ${result.strategy.name}, ${result.status}`,
      );
      mustHold(
        result.cache.hits === 0 && result.degradations.length === 0,
        'a phase was not really executed on its lane',
      );
    };
    const times = await timeInterleaved(
      [
        { id: 'waits-standard', run: () => run(standard, waits, 'standard') },
        { id: 'waits-parallel', run: () => run(optimized, waits, 'parallel') },
        { id: 'one-burn', run: () => burn({ rounds, salt: 9 }) },
        { id: 'burns-standard', run: () => run(standard, burns, 'standard') },
        { id: 'burns-parallel', run: () => run(optimized, burns, 'parallel') },
      ],
      { rounds: profile === 'full' ? 15 : 5, random, onRound: (done, of) => progress(done / of) },
    );
    await standard.close();
    await optimized.close();
    const summary = (id: string): Summary => times.get(id) as Summary;
    const lanes = Math.min(cores, count);
    const limit = (summary('one-burn').median * count) / lanes;
    const row = (id: string, label: string, chart: string, extra: Partial<Row> = {}): Row => ({
      id,
      label,
      subject: 'orc',
      unit: 'ms',
      summary: summary(id),
      chart,
      ...extra,
    });
    return {
      rows: [
        row('waits-standard', '4 × 100 ms waits, standard', 'waits', { documented: '400 ms' }),
        row('waits-parallel', '4 × 100 ms waits, parallel', 'waits', { documented: '120 ms', limit: '100 ms' }),
        { ...row('one-burn', 'one unit of CPU work, alone', 'work'), subject: 'plain loop' },
        row('burns-standard', '4 units of CPU work, standard', 'work', { documented: '400 ms' }),
        row('burns-parallel', '4 units of CPU work, parallel', 'work', {
          documented: '120 ms',
          limit: `${limit.toFixed(0)} ms on ${cores} cores`,
        }),
      ],
      ratios: [
        {
          id: 'waits',
          label: 'parallel waits against standard',
          ratio: ratioOf(summary('waits-parallel'), summary('waits-standard')),
        },
        {
          id: 'burns',
          label: 'parallel CPU work against standard',
          ratio: ratioOf(summary('burns-parallel'), summary('burns-standard')),
        },
      ],
      notes: [
        ...(cores < count
          ? [
              `This machine has ${cores} cores: four units of CPU work can’t take less than ${count / lanes} of them one after another, ${limit.toFixed(0)} ms. On four cores the limit is one unit.`,
            ]
          : []),
        'CPU work is a fixed number of steps, never a spin until a time is over, which would pass on an oversubscribed machine.',
      ],
      absent: [],
    };
  },
};
