import { existsSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { BenchError, ScenarioError, mustHold } from '../src/errors.ts';
import type { Progress } from '../src/progress.ts';
import { runScenarios } from '../src/run-scenarios.ts';
import type { Scenario } from '../src/scenario.ts';

const silent: Progress = { start: () => {}, update: () => {}, done: () => {}, clear: () => {} };
const options = { profile: 'smoke' as const, progress: silent, now: () => new Date(0) };
const nothing = { rows: [], ratios: [], notes: [], absent: [] };
const scenario = (id: string, run: Scenario['run']): Scenario => ({ id, title: id, question: '?', run });

describe('a run of scenarios', () => {
  it('gives each an empty folder, which is gone afterwards, and the same seeded numbers', async () => {
    const seen: { dir: string; drawn: number }[] = [];
    const look = scenario('a', ({ dir, random }) => {
      expect(existsSync(dir)).toBe(true);
      seen.push({ dir, drawn: random() });
      return Promise.resolve(nothing);
    });
    await runScenarios([look, look], options);
    expect(seen[0]?.dir).not.toBe(seen[1]?.dir);
    expect(seen[0]?.drawn).toBe(seen[1]?.drawn);
    for (const { dir } of seen) expect(existsSync(dir)).toBe(false);
  });

  it('records the machine, the commit, and the versions of what was run', async () => {
    const { environment, scenarios } = await runScenarios(
      [scenario('a', () => Promise.resolve({ ...nothing, versions: { peer: '1.2.3' } }))],
      options,
    );
    expect(environment.versions).toMatchObject({ peer: '1.2.3', '@orc/core': expect.any(String) as string });
    expect(environment.versions['tinybench']).toMatch(/^\d/);
    expect(environment).toMatchObject({ date: '1970-01-01T00:00:00.000Z', node: process.version });
    expect(environment.cores).toBeGreaterThan(0);
    expect(scenarios[0]).toMatchObject({ id: 'a', command: 'pnpm bench a' });
    expect(scenarios[0]).not.toHaveProperty('versions');
  });

  it('ends with the first that does not do its work, and says which', async () => {
    let ran = false;
    const broken = scenario('broken', async () => {
      await Promise.resolve();
      mustHold(false, 'the phase was skipped');
    });
    const next = scenario('next', () => {
      ran = true;
      return Promise.resolve(nothing);
    });
    const failed = runScenarios([broken, next], options);
    await expect(failed).rejects.toThrow('broken: The scenario did not do its work: the phase was skipped');
    await expect(failed).rejects.toBeInstanceOf(ScenarioError);
    expect(ran).toBe(false);
  });

  it('keeps the stack of a defect', async () => {
    const defect = new TypeError('x is not a function');
    await expect(runScenarios([scenario('a', () => Promise.reject(defect))], options)).rejects.toBe(defect);
  });

  it('gives a scenario up that takes too long', async () => {
    const endless = scenario('endless', () => new Promise(() => {}));
    await expect(runScenarios([endless], { ...options, timeBoxMs: 1 })).rejects.toThrow(
      'endless: Expected to end within 0.001 s, it has not',
    );
  });
});

describe('a mistake', () => {
  it('is told from a scenario that did not do its work', () => {
    expect(new ScenarioError('x')).toBeInstanceOf(BenchError);
    expect(new BenchError('x')).not.toBeInstanceOf(ScenarioError);
    expect(() => mustHold(true, 'x')).not.toThrow();
  });
});
