import { createOrchestrator } from '@orc/core';
import { availableCores } from '@orc/scheduler';

import { mustHold } from '../errors.ts';
import { timeInterleaved } from '../measure.ts';
import { burn } from '../pipelines/burn-task.ts';
import { calibrate, independentBurns } from '../pipelines/burns.ts';
import { independentWaits } from '../pipelines/timers.ts';
import type { Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';

const count = 4;
const eachMs = 100;
const rounds = { full: 15, short: 5, smoke: 1 };

/** Scenario 3: four independent phases, as waits and as fixed CPU work on threads. */
export const parallel: Scenario = {
  id: 'parallel',
  title: 'Parallel phases',
  question: 'Four independent phases of 100 ms: how near to the limit do waits and CPU work come?',
  async run({ profile, random, progress }) {
    const cores = availableCores();
    const steps = calibrate(eachMs);
    const waits = independentWaits(count, eachMs);
    const burns = independentBurns(count, steps);
    const standard = createOrchestrator({ optimized: false });
    const optimized = createOrchestrator({ maxWorkers: count, cache: false });
    // What the phases must come to, from a plain loop: a burn that was cut short would come to something else.
    const expected = String(
      Array.from({ length: count }, (_, index) => burn({ rounds: steps, salt: index + 1 })).reduce(
        (sum, value) => (sum ^ value) >>> 0,
        0,
      ),
    );
    let threads = 0;
    const run = async (orchestrator: typeof standard, pipeline: typeof waits, strategy: string): Promise<void> => {
      const result = await orchestrator.run(pipeline, { text: 'run', seed: 1 }).result;
      mustHold(
        result.status === 'succeeded' && result.strategy.name === strategy,
        `expected ${strategy}, got ${result.strategy.name}, ${result.status}`,
      );
      const ran = result.phases.filter((phase) => phase.status === 'fulfilled').length;
      mustHold(
        ran === count + 1 && result.cache.hits === 0,
        `${ran} of ${count + 1} phases, ${result.cache.hits} hits`,
      );
      mustHold(result.degradations.length === 0, 'threads could not start');
      if (pipeline !== burns) return;
      mustHold(result.text === expected, 'the burns came to another number');
      if (orchestrator !== optimized) return;
      const { tasks } = result.report as unknown as { readonly tasks: readonly { readonly threadId?: number }[] };
      threads = Math.max(threads, new Set(tasks.flatMap((task) => task.threadId ?? [])).size);
    };
    const times = await timeInterleaved(
      [
        { id: 'waits-standard', run: () => run(standard, waits, 'standard') },
        { id: 'waits-parallel', run: () => run(optimized, waits, 'parallel') },
        { id: 'one-burn', run: () => burn({ rounds: steps, salt: 9 }) },
        { id: 'burns-standard', run: () => run(standard, burns, 'standard') },
        { id: 'burns-parallel', run: () => run(optimized, burns, 'parallel') },
      ],
      { rounds: rounds[profile], random, timeBoxMs: 40_000, onRound: (done, of) => progress(done / of) },
    );
    await standard.close();
    await optimized.close();
    const lanes = Math.min(cores, count);
    const limit = (times.summary('one-burn').median * count) / lanes;
    const waitsChart = 'Four waits of 100 ms';
    const workChart = `Four units of CPU work on ${cores} core${cores === 1 ? '' : 's'}`;
    const row = (id: string, label: string, chart: string, bar: string, extra: Partial<Row> = {}): Row => ({
      id,
      label,
      subject: 'orc',
      unit: 'ms',
      summary: times.summary(id),
      chart,
      bar,
      ...extra,
    });
    return {
      rows: [
        row('waits-standard', '4 × 100 ms waits, standard', waitsChart, 'standard', { documented: '400 ms' }),
        row('waits-parallel', '4 × 100 ms waits, parallel', waitsChart, 'parallel', {
          documented: '120 ms',
          limit: '100 ms',
        }),
        { ...row('one-burn', 'one unit of CPU work, alone', workChart, 'one unit, plain loop'), subject: 'plain loop' },
        row('burns-standard', '4 units of CPU work, standard', workChart, 'standard', { documented: '400 ms' }),
        row('burns-parallel', '4 units of CPU work, parallel', workChart, 'parallel', {
          documented: '120 ms',
          limit: `${limit.toFixed(0)} ms on ${cores} core${cores === 1 ? '' : 's'}`,
        }),
      ],
      ratios: [
        {
          id: 'waits',
          label: 'parallel waits against standard',
          ratio: times.paired('waits-parallel', 'waits-standard'),
        },
        {
          id: 'burns',
          label: 'parallel CPU work against standard',
          ratio: times.paired('burns-parallel', 'burns-standard'),
        },
      ],
      counts: [
        {
          id: 'idle-threads',
          label: `worker threads that did nothing, of the ${lanes} that could do something`,
          value: lanes - threads,
        },
      ],
      notes: [
        ...(cores < count
          ? [
              `This machine has ${cores} core${cores === 1 ? '' : 's'}, not four: four units of CPU work can’t take less than ${count / lanes} of them one after another, ${limit.toFixed(0)} ms. On four cores the limit is one unit.`,
            ]
          : []),
        'CPU work is a fixed number of steps, never a spin until a time is over, which would pass on an oversubscribed machine.',
      ],
      absent: [],
    };
  },
};
