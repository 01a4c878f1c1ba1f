import { mustHold } from '../errors.ts';
import { runPackageBench, summaryOf, type PackageFigure } from '../package-bench.ts';
import type { RatioRow, Row, Unit } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf } from '../statistics.ts';

/** What `packages/scheduler/bench` prints. */
export interface SchedulerBench {
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly {
    readonly id: string;
    readonly title: string;
    readonly unit: string;
    readonly rows: readonly (PackageFigure & { readonly name: string; readonly ours: boolean })[];
  }[];
}

const parts = 13;

/** The unit of a figure that is given per something: `µs/task`. */
function unitOf(text: string): Unit {
  const unit = text.split('/')[0];
  mustHold(unit === 'ns' || unit === 'µs' || unit === 'ms', `there is a figure in ${text}`);
  return unit;
}

/** `@orc/scheduler` beside its peers: the package's own benchmark, run as it stands. */
export const schedulerPeers: Scenario = {
  id: 'scheduler-peers',
  title: 'Limits and pools',
  question:
    'The same work on tinypool, piscina, p-limit, p-queue and fastq: what does a task cost, on the loop and on a thread?',
  async run({ profile, progress }) {
    const { versions, results } = await runPackageBench<SchedulerBench>('scheduler', {
      profile,
      // What is remote is a scenario of its own, and takes minutes.
      args: ['--only', 'io,graph,cpu'],
      part: /^(\S.*) \([^:()]+: median, min – max\)$/,
      onPart: (done, what) => progress(Math.min(1, done / parts), what),
    });
    const rows: Row[] = [];
    const ratios: RatioRow[] = [];
    let beginning = '';
    for (const { id, title: given, unit, rows: figures } of results) {
      // “…” goes on with what the title before began with. As the heading of a chart; the lane's name stays as it is written.
      if (!given.startsWith('… ')) beginning = given.split(',')[0] as string;
      const whole = given.replace(/^…/, `${beginning},`);
      const title = whole.startsWith('io ') ? `The ${whole}` : `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
      const mine = figures.find((row) => row.ours);
      mustHold(mine !== undefined, `${title} was measured without us`);
      // Other ways to call us stand beside ours too, and are no peers.
      const isOurs = ({ name, ours }: { readonly name: string; readonly ours: boolean }): boolean =>
        ours || name.startsWith(mine.name);
      for (const row of figures) {
        const version = versions[row.name];
        rows.push({
          id: `${id}-${row.name}`,
          label: `${title}: ${row.name}`,
          subject: isOurs(row) ? 'orc' : version === undefined ? row.name : `${row.name} ${version}`,
          unit: unitOf(unit),
          summary: summaryOf(row),
          chart: title,
          bar: row.name,
          ...(isOurs(row) ? {} : { beside: `${id}-${mine.name}` }),
        });
      }
      const best = figures
        .filter((row) => !isOurs(row))
        .map((row) => ({ name: row.name, summary: summaryOf(row) }))
        .toSorted((a, b) => a.summary.median - b.summary.median)[0];
      if (best !== undefined)
        ratios.push({
          id,
          label: `${title}: against ${best.name}, the best of the others`,
          ratio: ratioOf(summaryOf(mine), best.summary),
        });
    }
    for (const name of ['tinypool', 'piscina', 'p-limit', 'p-queue', 'fastq'])
      mustHold(
        rows.some((row) => row.bar === name),
        `${name} was not measured`,
      );
    return {
      rows,
      ratios,
      notes: ['This is `pnpm --filter @orc/scheduler bench`, run as a process of its own.'],
      absent: [],
      versions,
    };
  },
};
