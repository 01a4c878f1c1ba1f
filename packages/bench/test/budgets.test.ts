import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { checkBudgets, formatOutcomes, holdBudgets, readBudgets } from '../src/budgets.ts';
import { scenarios } from '../src/scenarios/index.ts';
import { fixture } from './support/fixture.ts';

const budget = { scenario: 'one', ratio: 'r', max: 0.0025, why: 'a promise' };
const calls = { scenario: 'one', count: 'calls', max: 1087, why: 'no call twice' };
const dir = folderOfFile();

function parsed(content: unknown): ReturnType<typeof readBudgets> {
  const path = join(dir, 'budgets.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readBudgets(path);
}

describe('budgets', () => {
  it('pass when the favourable end of the interval keeps them', () => {
    expect(checkBudgets(fixture(1), [budget])[0]?.passed).toBe(true);
    expect(checkBudgets(fixture(2), [budget])[0]?.passed).toBe(false);
  });

  it('hold a count exactly', () => {
    expect(checkBudgets(fixture(1), [calls])[0]).toMatchObject({ passed: true, measured: '1,087' });
    expect(checkBudgets(fixture(1), [{ ...calls, max: 1086 }])[0]?.passed).toBe(false);
  });

  it('fail when the figure was not measured', () => {
    for (const lost of [
      { ...budget, ratio: 'other' },
      { ...budget, scenario: 'other' },
      { ...calls, count: 'other' },
    ])
      expect(checkBudgets(fixture(1), [lost])[0]).toMatchObject({ passed: false, measured: undefined });
  });

  it('are measured anew where a ratio is over, twice at the most; what is kept, a count and what was not measured are not', async () => {
    const held = async (...noise: readonly number[]): Promise<readonly [boolean, number]> => {
      let runs = 0;
      const outcomes = await holdBudgets([budget], async (wanted) => {
        expect([...wanted]).toEqual(['one']);
        runs += 1;
        return fixture(noise[runs - 1]);
      });
      return [outcomes.every(({ passed }) => passed), runs];
    };
    expect(await held(1)).toEqual([true, 1]);
    expect(await held(2, 1)).toEqual([true, 2]);
    expect(await held(2, 2, 1)).toEqual([true, 3]);
    expect(await held(2, 2, 2, 1)).toEqual([false, 3]);
    let runs = 0;
    const once = [
      { ...calls, max: 1086 },
      { ...budget, ratio: 'other' },
    ];
    const outcomes = await holdBudgets(once, async () => ((runs += 1), fixture(1)));
    expect([outcomes.map(({ passed }) => passed), runs]).toEqual([[false, false], 1]);
  });

  it('are told in a line each, the failed ones last', () => {
    const text = formatOutcomes(checkBudgets(fixture(2), [budget, { ...calls, max: 9999 }]));
    expect(text.split('\n').map((line) => line.slice(0, 4))).toEqual(['ok  ', 'FAIL']);
    expect(text).toContain('FAIL one/r: 0.005 × (0.004 … 0.006), at most 0.0025 (a promise)');
  });

  it('are refused where one says nothing, or too much', () => {
    expect(() => parsed({ budgets: [{ scenario: 'one', max: 1, why: 'x' }] })).toThrow('either `ratio` or `count`');
    expect(() => parsed({ budgets: [{ ...budget, count: 'calls' }] })).toThrow('either `ratio` or `count`');
    expect(() => parsed({ budgets: [{ ...budget, maximum: 1 }] })).toThrow('maximum');
    expect(() => parsed({ budgets: [] })).toThrow('Expected budgets');
    expect(() => parsed('{')).toThrow('Expected budgets in JSON');
  });

  it('of this repository name scenarios that exist, and hold the documented 97 %', () => {
    const budgets = readBudgets(new URL('../budgets.json', import.meta.url));
    for (const { scenario } of budgets) expect(scenarios.map(({ id }) => id)).toContain(scenario);
    expect(budgets.find((item) => item.scenario === 'cache-hit' && item.ratio === 'phase')?.max).toBeLessThanOrEqual(
      0.03,
    );
  });
});
