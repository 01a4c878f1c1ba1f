import { runPackageBench, summaryOf } from '../package-bench.ts';
import type { RatioRow, Row } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf } from '../statistics.ts';

/** What `packages/cli/bench` prints of its starts; the first is the bare `node -e 0`. */
export interface StartBench {
  readonly start: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly limit?: { readonly ms?: number | undefined; readonly ratio?: number | undefined } | undefined;
  }[];
}

/** `orc` as a user starts it: the package's own benchmark, run as it stands. */
export const start: Scenario = {
  id: 'start',
  title: 'The command',
  question: 'How long does a user wait for `orc`: help, version, a cached run, the first live frame?',
  async run({ profile, progress }) {
    progress(0.05, 'pnpm --filter @orc/cli bench');
    const { start: cases } = await runPackageBench<StartBench>('cli', {
      profile,
      args: ['--only', 'start'],
      part: /^ {2}(orc.*?) {2}/,
      onPart: (done, what) => progress(done / 6, what),
    });
    const rows = cases.map((each, index): Row => {
      const { name, limit } = each;
      const aim = limit?.ms ?? limit?.ratio;
      const unit = limit?.ms === undefined ? '× node' : 'ms';
      return {
        id: name,
        label: aim === undefined ? name : `${name} (aim: at most ${aim} ${unit})`,
        subject: index === 0 ? 'node' : 'orc',
        unit: 'ms',
        summary: summaryOf(each),
        chart: 'From spawn to exit, or to the first live frame',
        bar: name,
      };
    });
    const bare = summaryOf(cases[0] as StartBench['start'][number]);
    return {
      rows,
      ratios: cases
        .slice(1)
        .flatMap((each): RatioRow[] =>
          each.limit?.ratio === undefined
            ? []
            : [{ id: each.name, label: `${each.name} against node alone`, ratio: ratioOf(summaryOf(each), bare) }],
        ),
      notes: ['This is `pnpm --filter @orc/cli bench --only start`, run as a process of its own.'],
      absent: [],
    };
  },
};
