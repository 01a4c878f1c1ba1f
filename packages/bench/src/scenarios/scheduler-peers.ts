import { runPackageBench, summaryOf, type PackageFigure } from '../package-bench.ts';
import type { RatioRow, Row, Unit } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf } from '../statistics.ts';

interface SchedulerBench {
  readonly results: readonly {
    readonly id: string;
    readonly title: string;
    readonly unit: string;
    readonly rows: readonly (PackageFigure & { readonly name: string; readonly ours: boolean })[];
  }[];
}

const unitOf = (text: string): Unit => (text.startsWith('µs') ? 'µs' : text.startsWith('ns') ? 'ns' : 'ms');

/** `@orc/scheduler` beside its peers: the package's own benchmark, run as it stands. */
export const schedulerPeers: Scenario = {
  id: 'scheduler-peers',
  title: 'Limits and pools',
  question:
    'The same work on tinypool, piscina, p-limit, p-queue and fastq: what does a task cost, on the loop and on a thread?',
  async run({ profile, progress }) {
    progress(0.05, 'pnpm --filter @orc/scheduler bench');
    const { results } = await runPackageBench<SchedulerBench>('scheduler', profile === 'full' ? [] : ['--quick']);
    const rows: Row[] = [];
    const ratios: RatioRow[] = [];
    for (const scenario of results) {
      for (const row of scenario.rows) {
        rows.push({
          id: `${scenario.id}-${row.name}`,
          label: `${scenario.title.replace(/^… /, 'io lane, ')}: ${row.name}`,
          subject: row.ours ? 'orc' : row.name,
          unit: unitOf(scenario.unit),
          summary: summaryOf(row),
          chart: scenario.id,
        });
      }
      const mine = scenario.rows.find((row) => row.ours);
      const best = scenario.rows.filter((row) => !row.ours).toSorted((a, b) => a.median - b.median)[0];
      if (mine !== undefined && best !== undefined)
        ratios.push({
          id: scenario.id,
          label: `${scenario.title}: against ${best.name}, the best of the others`,
          ratio: ratioOf(summaryOf(mine), summaryOf(best)),
        });
    }
    return {
      rows,
      ratios,
      notes: ['This is `pnpm --filter @orc/scheduler bench`, run as a process of its own.'],
      absent: [],
    };
  },
};
