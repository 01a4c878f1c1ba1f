import type { Profile } from '../../src/profile.ts';
import type { Results, Row, ScenarioResult } from '../../src/results.ts';
import { summarize, type Summary } from '../../src/statistics.ts';

/** 21 samples around a centre, 10 % wide. */
const around = (centre: number): Summary =>
  summarize(Array.from({ length: 21 }, (_, index) => centre * (1 + (index - 10) / 200)));

/** A scenario of a fixture. */
export function scenarioOf(id: string, rows: readonly Row[], extra: Partial<ScenarioResult> = {}): ScenarioResult {
  return {
    id,
    title: `Scenario ${id}`,
    question: 'How long?',
    command: `pnpm bench ${id}`,
    seconds: 12.3,
    rows,
    ratios: [],
    notes: [],
    absent: [],
    ...extra,
  };
}

/** A row of a fixture. */
export function rowOf(id: string, centre: number, extra: Partial<Row> = {}): Row {
  return { id, label: `label of ${id}`, subject: 'orc', unit: 'ms', summary: around(centre), ...extra };
}

/** Results of a machine that does not exist. */
export function resultsOf(scenarios: readonly ScenarioResult[], profile: Profile = 'full'): Results {
  return {
    schema: 'orc.bench/1',
    profile,
    environment: {
      date: '2026-11-23T12:00:00.000Z',
      cpu: 'A processor',
      cores: 2,
      memoryGb: 24,
      freeMemoryGb: 20,
      load: 0.1,
      platform: 'linux-x64',
      node: 'v20.20.2',
      v8: '11.3',
      commit: 'abcdef0123',
      dirty: false,
      versions: { '@orc/core': '0.1.0', peer: '1.0.0' },
    },
    scenarios,
  };
}

/** Ours beside a peer, with a ratio, a count, a note and something that is absent. */
export function fixture(scale = 1): Results {
  return resultsOf([
    scenarioOf(
      'one',
      [
        rowOf('a', scale, { label: 'ours <fast>', documented: '2 ms', chart: 'A | chart & more', bar: 'ours' }),
        rowOf('b', 400 * scale, {
          label: 'theirs',
          subject: 'peer 1.0.0',
          limit: '100 ms',
          chart: 'A | chart & more',
          beside: 'a',
        }),
        rowOf('c', 0.5 * scale, {
          label: 'another',
          subject: 'fast 2.0.0',
          chart: 'A | chart & more',
          bar: 'fast',
          beside: 'a',
        }),
      ],
      {
        title: 'One | scenario',
        ratios: [
          {
            id: 'r',
            label: 'ours against theirs',
            ratio: { value: 0.0025 * scale, low: 0.002 * scale, high: 0.003 * scale },
          },
        ],
        counts: [{ id: 'calls', label: 'model calls', value: 1087 * scale }],
        notes: ['A note.'],
        absent: [{ subject: 'absent-peer', reason: 'not installed' }],
      },
    ),
  ]);
}
