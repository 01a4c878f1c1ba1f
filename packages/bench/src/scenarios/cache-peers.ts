import { mustHold } from '../errors.ts';
import { formatFigure } from '../format.ts';
import { runPackageBench, summaryOf, type PackageFigure } from '../package-bench.ts';
import type { RatioRow, Row, Unit } from '../results.ts';
import type { Scenario } from '../scenario.ts';
import { ratioOf } from '../statistics.ts';

/** What `packages/cache/bench` prints, as far as it is shown here. */
export interface CacheBench {
  readonly versions: Readonly<Record<string, string>>;
  readonly results: {
    readonly hits: Readonly<
      Record<string, Readonly<Partial<Record<'hit' | 'miss' | 'overwrite' | 'set', PackageFigure>>>>
    >;
    readonly awaited: Readonly<Record<string, PackageFigure>>;
    readonly turns: Readonly<Record<string, PackageFigure>>;
    /** Bytes allocated for a hit. */
    readonly bytes: Readonly<Record<string, number>>;
    /** Bytes of an entry among 100,000, without key and value. */
    readonly footprint: Readonly<Record<string, number>>;
    readonly files: Readonly<Record<'get' | 'set' | 'bare' | 'miss' | 'open', PackageFigure>>;
    readonly stampede: Readonly<Record<string, { readonly computations: number }>>;
  };
}

const ours = '@orc/cache';
const plain = 'a plain value';
const parts = 10;
const operations = [
  ['hit', 'hit', 'A hit, 1,000 of 1,000 keys'],
  ['miss', 'miss', 'A miss'],
  ['overwrite', 'set of a key that is there', 'A set of a key that is there'],
  ['set', 'set with eviction', 'A set with eviction'],
] as const;
const files = [
  ['get', 'file tier: get of 4 KB', 'orc'],
  ['miss', 'file tier: miss', 'orc'],
  ['set', 'file tier: set of 4 KB', 'orc'],
  ['bare', 'file tier: what a set costs in bare system calls', 'system calls'],
  ['open', 'file tier: open', 'orc'],
] as const;

/** `@orc/cache` beside its peers: the package's own benchmark, run as it stands. */
export const cachePeers: Scenario = {
  id: 'cache-peers',
  title: 'Caches',
  question:
    'The same operations on Map, quick-lru, lru-cache, tiny-lru, cacheable, bentocache, keyv: hits, misses, sets, awaited hits, the first hit of a turn.',
  async run({ profile, progress }) {
    const { versions, results } = await runPackageBench<CacheBench>('cache', {
      profile,
      part: /^(\w+) … [\d.]+ s$/,
      onPart: (done, what) => progress(done / parts, what),
    });
    const { stampede } = results;
    mustHold(stampede[ours]?.computations === 1, 'a stampede computed more than once');
    const subject = (name: string): string => {
      if (name === ours) return 'orc';
      if (name === plain) return 'await';
      const library = name.split(/[ ,]/)[0] as string;
      return versions[library] === undefined ? library : `${library} ${versions[library]}`;
    };
    const rows: Row[] = [];
    const add = (id: string, what: string, chart: string, unit: Unit, name: string, figure?: PackageFigure): void => {
      if (figure === undefined) return;
      rows.push({
        id: `${id}-${name}`,
        label: `${what}: ${name}`,
        subject: subject(name),
        unit,
        summary: summaryOf(figure),
        chart,
        bar: name,
        ...(name.startsWith(ours) || name === plain ? {} : { beside: `${id}-${ours}` }),
      });
    };
    for (const [id, what, chart] of operations)
      for (const [name, row] of Object.entries(results.hits)) add(id, what, chart, 'ns', name, row[id]);
    for (const [name, row] of Object.entries(results.awaited))
      add('awaited', 'awaited hit', 'An awaited hit', 'ns', name, row);
    for (const [name, row] of Object.entries(results.turns))
      add('turn', 'first hit of a turn', 'The first hit of a turn of the event loop', 'µs', name, row);
    const count = (id: string, what: string, chart: string, values: Readonly<Record<string, number>>): void => {
      for (const [name, value] of Object.entries(values)) {
        add(id, what, chart, 'B', name, { values: [value] });
        const row = rows.pop() as Row;
        rows.push({ ...row, exact: true, subject: name.startsWith(ours) ? 'orc' : row.subject });
      }
    };
    count(
      'entry',
      'bytes of an entry among 100,000, key and value not counted',
      'Bytes of an entry',
      results.footprint,
    );
    count('allocated', 'bytes allocated for a hit', 'Bytes allocated for a hit', results.bytes);
    for (const [id, label, who] of files)
      rows.push({
        id: `file-${id}`,
        label,
        subject: who,
        unit: 'µs',
        summary: summaryOf(results.files[id]),
        limit:
          id === 'set' ? `${formatFigure(summaryOf(results.files.bare).median, 'µs')} in bare system calls` : undefined,
      });
    for (const name of ['Map', 'quick-lru', 'lru-cache', 'tiny-lru', 'cacheable', 'bentocache', 'keyv'])
      mustHold(
        rows.some((row) => row.label.includes(`: ${name}`)),
        `${name} was not measured`,
      );
    const ratios: RatioRow[] = [];
    const ratio = (id: string, label: string, one?: PackageFigure, other?: PackageFigure): void => {
      mustHold(one !== undefined && other !== undefined, `there is no figure for “${label}”`);
      ratios.push({ id, label, ratio: ratioOf(summaryOf(one), summaryOf(other)) });
    };
    const [mine, theirs] = [results.hits[ours], results.hits['lru-cache + ttl']];
    ratio('hit', 'hit with TTL against lru-cache with TTL', mine?.hit, theirs?.hit);
    ratio('set', 'set with eviction against lru-cache with TTL', mine?.set, theirs?.set);
    ratio('awaited', 'awaited hit against awaiting a plain value', results.awaited[ours], results.awaited[plain]);
    return {
      rows,
      ratios,
      counts: Object.entries(stampede).map(([name, { computations }]) => ({
        id: `stampede-${name}`,
        label: `computations when 1,000 callers miss a key at once: ${name}`,
        value: computations,
      })),
      notes: [
        'This is `pnpm --filter @orc/cache bench`, run as a process of its own; its README has the rest: sweeps, kills, tags, what an installation weighs.',
        'Map, quick-lru and lru-cache without TTL do less: nothing expires there. A Map is not bounded either. “+ ttl” and “+ maxAge” are the same libraries with a TTL of half an hour, as ours has one.',
      ],
      absent: [],
      versions,
    };
  },
};
