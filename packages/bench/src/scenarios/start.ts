import { existsSync } from 'node:fs';

import { runPackageBench } from '../package-bench.ts';
import type { RatioRow, Row, ScenarioOutcome } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf, summarize } from '../statistics.ts';

/** What `packages/cli/bench` prints of its starts; the first is the bare `node -e 0`. */
export interface StartBench {
  readonly start: readonly {
    readonly name: string;
    readonly values?: readonly number[] | undefined;
    readonly limit?: { readonly ms?: number | undefined; readonly ratio?: number | undefined } | undefined;
  }[];
}

const absent = (reason: string): ScenarioOutcome => ({
  rows: [],
  ratios: [],
  notes: [],
  absent: [{ subject: '@orc/cli', reason }],
});

/** `orc` as a user starts it: the package's own benchmark, run as it stands. */
export const start: Scenario = {
  id: 'start',
  title: 'The command',
  question: 'How long does a user wait for `orc`: help, version, a cached run, the first live frame?',
  async run({ profile, progress }) {
    if (!existsSync(new URL('../../../cli/bench/main.mjs', import.meta.url)))
      return absent('it has no benchmark of its own');
    progress(0.05, 'pnpm --filter @orc/cli bench');
    const { start: cases } = await runPackageBench<StartBench>('cli', {
      profile,
      args: ['--only', 'start'],
      part: /^ {2}(orc.*?) {2}/,
      onPart: (done, what) => progress(done / 6, what),
    });
    if (cases.some(({ values }) => values === undefined)) return absent('its benchmark gives no samples');
    const of = (values: readonly number[] | undefined): ReturnType<typeof summarize> => summarize(values ?? []);
    const rows = cases.map(({ name, values, limit }, index): Row => {
      const aim = limit?.ms ?? limit?.ratio;
      const unit = limit?.ms === undefined ? '× node' : 'ms';
      return {
        id: name,
        label: aim === undefined ? name : `${name} (aim: at most ${aim} ${unit})`,
        subject: index === 0 ? 'node' : 'orc',
        unit: 'ms',
        summary: of(values),
        chart: 'From spawn to exit, or to the first live frame',
        bar: name,
      };
    });
    const bare = of(cases[0]?.values);
    return {
      rows,
      ratios: cases
        .slice(1)
        .flatMap(({ name, values, limit }): RatioRow[] =>
          limit?.ratio === undefined
            ? []
            : [{ id: name, label: `${name} against node alone`, ratio: ratioOf(of(values), bare) }],
        ),
      notes: ['This is `pnpm --filter @orc/cli bench --only start`, run as a process of its own.'],
      absent: [],
    };
  },
};
