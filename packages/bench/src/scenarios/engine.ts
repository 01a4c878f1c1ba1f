import { mustHold } from '../errors.ts';
import { runPackageBench } from '../package-bench.ts';
import type { Row, Unit } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { summarize } from '../statistics.ts';

/** A figure of `packages/core/bench`, by the name that it has there. */
type Part = Readonly<Record<string, { readonly values: readonly number[] } | number | undefined>>;

/** What `packages/core/bench` prints. */
export interface CoreBench {
  readonly results: Readonly<Record<string, Part>>;
}

const parts = 7;
const shown: readonly (readonly [part: string, figure: string, label: string, unit: Unit])[] = [
  ['hits', 'hitUs', 'a phase in a long chain, served from memory', 'µs'],
  ['hits', 'executedUs', 'the same phase, executed (300 words)', 'µs'],
  ['overhead', 'standardUs', 'what the engine adds to a phase, optimizations off', 'µs'],
  ['overhead', 'missUs', 'what it adds with a miss and a set', 'µs'],
  ['journal', 'fsyncUs', 'one append and fsync of this disk, 4 KB', 'µs'],
  ['journal', 'phaseUs', 'a phase of 1 KB with its journal', 'µs'],
  ['journal', 'hitUs', 'a hit of 1 KB with its journal', 'µs'],
  ['waits', 'fourAtOnceMs', 'four phases of 100 ms, 4 workers', 'ms'],
  ['waits', 'tenInARowMs', 'ten phases of 10 ms in a row', 'ms'],
  ['waits', 'tenBareMs', 'ten bare timers of 10 ms', 'ms'],
  ['resume', 'firstNewTaskMs', 'resume of 200 tasks, to the first new one', 'ms'],
  ['speculation', 'withoutMs', '50 ms after 50 ms that come out the same, in turn', 'ms'],
  ['speculation', 'withMs', 'the same with speculation', 'ms'],
];

/** `@orc/core` alone: the package's own benchmark, run as it stands. */
export const engine: Scenario = {
  id: 'engine',
  title: 'The engine alone',
  question: 'What does a phase cost in the engine itself: hits, misses, journal, resume, speculation?',
  async run({ profile, progress }) {
    const { results } = await runPackageBench<CoreBench>('core', {
      profile,
      part: /^(\w+) … [\d.]+ s$/,
      onPart: (done, what) => progress(done / parts, what),
    });
    const rows = shown.map(([part, figure, label, unit]): Row => {
      const found = results[part]?.[figure];
      mustHold(typeof found === 'object', `there is no figure ${part}.${figure}`);
      return {
        id: `${part}-${figure}`,
        label,
        subject: /fsync |bare/.test(label) ? 'limit' : 'orc',
        unit,
        summary: summarize(found.values),
      };
    });
    return {
      rows,
      ratios: [],
      notes: ['This is `pnpm --filter @orc/core bench`, run as a process of its own.'],
      absent: [],
    };
  },
};
