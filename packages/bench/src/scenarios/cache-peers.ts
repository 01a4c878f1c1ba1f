import { mustHold } from '../errors.ts';
import { runPackageBench, summaryOf, type PackageFigure } from '../package-bench.ts';
import type { RatioRow, Row, Unit } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf } from '../statistics.ts';

interface CacheBench {
  readonly versions: Readonly<Record<string, string>>;
  readonly results: {
    readonly hits: Readonly<Record<string, Readonly<Record<'hit' | 'set', PackageFigure | undefined>>>>;
    readonly awaited: Readonly<Record<string, PackageFigure>>;
    readonly turns: Readonly<Record<string, PackageFigure>>;
    readonly stampede: Readonly<Record<string, { readonly computations: number }>>;
  };
}

const ours = '@orc/cache';

/** `@orc/cache` beside its peers: the package's own benchmark, run as it stands. */
export const cachePeers: Scenario = {
  id: 'cache-peers',
  title: 'Caches',
  question:
    'The same operations on Map, quick-lru, lru-cache, tiny-lru, cacheable, bentocache, keyv: hits, sets with eviction, awaited hits, the first hit of a turn.',
  async run({ profile, progress }) {
    progress(0.05, 'pnpm --filter @orc/cache bench');
    const { versions, results } = await runPackageBench<CacheBench>(
      'cache',
      profile === 'full' ? ['--json'] : ['--json', '--quick'],
    );
    mustHold(results.stampede[ours]?.computations === 1, 'a stampede computed more than once');
    const subject = (name: string): string => {
      if (name.startsWith(ours)) return 'orc';
      const version = versions[name.split(' ')[0] as string];
      return version === undefined ? name : `${name.split(' ')[0]} ${version}`;
    };
    const rows: Row[] = [];
    const add = (id: string, what: string, unit: Unit, name: string, figure: PackageFigure | undefined): void => {
      if (figure !== undefined)
        rows.push({
          id: `${id}-${name}`,
          label: `${what}: ${name}`,
          subject: subject(name),
          unit,
          summary: summaryOf(figure),
          chart: id,
        });
    };
    for (const [name, row] of Object.entries(results.hits)) add('hit', 'hit', 'ns', name, row.hit);
    for (const [name, row] of Object.entries(results.hits)) add('set', 'set with eviction', 'ns', name, row.set);
    for (const [name, row] of Object.entries(results.awaited)) add('awaited', 'awaited hit', 'ns', name, row);
    for (const [name, row] of Object.entries(results.turns)) add('turn', 'first hit of a turn', 'µs', name, row);
    const ratios: RatioRow[] = [];
    const ratio = (
      id: string,
      label: string,
      one: PackageFigure | undefined,
      other: PackageFigure | undefined,
    ): void => {
      if (one !== undefined && other !== undefined)
        ratios.push({ id, label, ratio: ratioOf(summaryOf(one), summaryOf(other)) });
    };
    ratio(
      'hit',
      'hit with TTL against lru-cache with TTL',
      results.hits[ours]?.hit,
      results.hits['lru-cache + ttl']?.hit,
    );
    ratio(
      'set',
      'set with eviction against lru-cache with TTL',
      results.hits[ours]?.set,
      results.hits['lru-cache + ttl']?.set,
    );
    ratio(
      'awaited',
      'awaited hit against awaiting a plain value',
      results.awaited[ours],
      results.awaited['a plain value'],
    );
    return {
      rows,
      ratios,
      notes: [
        'This is `pnpm --filter @orc/cache bench`, run as a process of its own; its README has the figures that are no times.',
      ],
      absent: [],
    };
  },
};
