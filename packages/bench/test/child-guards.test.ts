// Scenarios that ask another process must fail where its answer is not one of work done.
import { afterEach, describe, expect, it, vi } from 'vitest';

import { seededRandom } from '../src/random.ts';
import { besideCell } from '../src/report/beside.ts';
import type { ScenarioOutcome } from '../src/results.ts';
import type { Scenario } from '../src/scenario.ts';
import { cachePeers } from '../src/scenarios/cache-peers.ts';
import { engine } from '../src/scenarios/engine.ts';
import { memory } from '../src/scenarios/memory.ts';
import { schedulerPeers } from '../src/scenarios/scheduler-peers.ts';
import { start } from '../src/scenarios/start.ts';

/** What the child processes answer. */
interface Sabotage {
  child?: (args: readonly string[]) => unknown;
}
let sabotage: Sabotage = {};

vi.mock('../src/processes/child.ts', () => ({
  runChild: (_script: URL, { args = [] }: { args?: readonly string[] }) => Promise.resolve(sabotage.child?.(args)),
}));

const run = (scenario: Scenario): Promise<ScenarioOutcome> =>
  scenario.run({ profile: 'smoke', random: seededRandom(1), dir: '', progress: () => undefined });

const failsWith = async (scenario: Scenario, what: RegExp, given: Sabotage): Promise<void> => {
  sabotage = given;
  await expect(run(scenario)).rejects.toThrow(what);
};

afterEach(() => {
  sabotage = {};
});

describe('the memory scenario', () => {
  const sample = { requests: 250, allocatedPerRequest: 1, retainedAtFifth: 1, retainedAtEnd: 1, peakHeap: 1, gcMs: 1 };
  const hits = (standard: number, optimized: number): Sabotage => ({
    child: ([variant]) => ({ ...sample, hits: variant === 'standard' ? standard : optimized }),
  });

  it('succeeds where nothing is wrong', async () => {
    sabotage = hits(0, 210);
    expect((await run(memory)).counts).toContainEqual(expect.objectContaining({ id: 'hits', value: 210 }));
  });

  it('fails where the cache is cold', () => failsWith(memory, /optimized: 3 hits|keep-everything: 3 hits/, hits(0, 3)));

  it('fails where standard has a cache', () => failsWith(memory, /hits with optimizations off/, hits(210, 210)));

  it('fails where requests are left out', () =>
    failsWith(memory, /100 of 250 requests/, {
      child: () => ({ ...sample, requests: 100, hits: 0 }),
    }));
});

describe('the packages’ own benchmarks', () => {
  const figure = { values: [1, 2, 3] };
  const all = ['@orc/cache', 'Map', 'quick-lru', 'lru-cache', 'lru-cache + ttl', 'tiny-lru + ttl', 'cacheable memory'];
  const report = (names: readonly string[], computations: number): Sabotage => ({
    child: () => ({
      versions: { 'lru-cache': '11.0.0' },
      results: {
        hits: Object.fromEntries(names.map((name) => [name, { hit: figure, set: figure }])),
        awaited: Object.fromEntries(
          ['a plain value', '@orc/cache', 'keyv', 'bentocache', 'cacheable'].map((name) => [name, figure]),
        ),
        turns: {},
        bytes: { '@orc/cache': 0, Map: 0 },
        footprint: { '@orc/cache': 133, 'lru-cache + ttl': 73 },
        files: { get: figure, miss: figure, set: figure, bare: figure, open: figure },
        stampede: { '@orc/cache': { computations } },
      },
    }),
  });

  it('give rows with their peers’ versions, each beside ours', async () => {
    sabotage = report(all, 1);
    const { rows } = await run(cachePeers);
    expect(rows.find((row) => row.id === 'hit-lru-cache + ttl')).toMatchObject({
      subject: 'lru-cache 11.0.0',
      beside: 'hit-@orc/cache',
      summary: { n: 3, median: 2 },
    });
  });

  it('tell what was counted as exact, so that one sample says who is ahead', async () => {
    sabotage = report(all, 1);
    const { rows } = await run(cachePeers);
    const entry = rows.find((row) => row.id === 'entry-lru-cache + ttl') as (typeof rows)[number];
    expect(entry).toMatchObject({ unit: 'B', exact: true, summary: { n: 1, median: 73 } });
    expect(besideCell(entry, rows)).toBe('**0.549 ×, ahead of us**');
    // Nothing beside nothing is no ratio.
    expect(besideCell(rows.find((row) => row.id === 'allocated-Map') as typeof entry, rows)).toBe('');
  });

  it('fail where a peer is missing', () =>
    failsWith(
      cachePeers,
      /tiny-lru was not measured/,
      report(
        all.filter((name) => !name.startsWith('tiny')),
        1,
      ),
    ));

  it('fail where a stampede computes twice', () =>
    failsWith(cachePeers, /a stampede computed more than once/, report(all, 2)));

  it('go on with a title that begins with dots', async () => {
    const pools = ['tinypool', 'piscina', 'p-limit', 'p-queue', 'fastq'].map((name) => ({
      ...figure,
      name,
      ours: false,
    }));
    const other = { ...figure, name: '@orc/scheduler, with a signal', ours: false };
    const rows = [{ ...figure, name: '@orc/scheduler', ours: true }, other, ...pools];
    const titles = ['io lane, no-ops', '… five priorities', 'CPU dispatch, warm', '… on one core'];
    sabotage = {
      child: () => ({ versions: {}, results: titles.map((title) => ({ id: title, title, unit: 'µs/task', rows })) }),
    };
    const outcome = await run(schedulerPeers);
    expect(outcome.rows.find((row) => row.bar === other.name)).toMatchObject({ subject: 'orc' });
    expect([...new Set(outcome.rows.map((row) => row.chart))]).toEqual([
      'The io lane, no-ops',
      'The io lane, five priorities',
      'CPU dispatch, warm',
      'CPU dispatch, on one core',
    ]);
  });

  it('fail where a pool is missing, or where we are', async () => {
    const rows = [{ ...figure, name: '@orc/scheduler', ours: true }];
    const pools = (found: readonly object[]): Sabotage => ({
      child: () => ({ versions: {}, results: [{ id: 'x', title: 'X', unit: 'µs/task', rows: found }] }),
    });
    await failsWith(schedulerPeers, /tinypool was not measured/, pools(rows));
    await failsWith(schedulerPeers, /X was measured without us/, pools([{ ...figure, name: 'p-queue', ours: false }]));
  });

  it('fail where the command was measured without samples', () =>
    failsWith(start, /a figure with its samples/, { child: () => ({ start: [{ name: 'node -e 0' }] }) }));

  it('fail where a figure of the engine is missing', () =>
    failsWith(engine, /there is no figure hits.hitUs/, { child: () => ({ results: {} }) }));
});
