// Every scenario of ours, once, as it is built: each fails by itself where it does not do its work.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { checkBudgets, readBudgets } from '../src/budgets.ts';
import { renderReport } from '../src/report/page.ts';
import { renderSummary } from '../src/report/summary.ts';
import { readResults } from '../src/results-file.ts';
import type { Results, ScenarioResult } from '../src/results.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const dir = folderOfFile();

// The packages' own benchmarks take longer; they are tried where they live.
const names = [
  'cache-hit',
  'sequential',
  'parallel',
  'memory',
  'fiction',
  'resume',
  'distributed',
  'growth',
  'pipelines',
];
const path = join(dir, 'smoke.json');
let run: SpawnSyncReturns<string>;
let results: Results;
beforeAll(() => {
  run = spawnSync(process.execPath, [main, ...names, '--smoke', '--out', path], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: dir },
  });
  if (run.status === 0) results = readResults(path);
}, 240_000);
const of = (id: string): ScenarioResult => results.scenarios.find((scenario) => scenario.id === id) as ScenarioResult;

describe('a run of all scenarios', () => {
  it('ends well, and leaves nothing but its results', () => {
    expect(run.stderr.split('\n').filter((line) => /error|warning/i.test(line))).toEqual([]);
    expect(run.status).toBe(0);
    expect(readdirSync(dir)).toEqual(['smoke.json']);
  });

  it('measures something in each, or says what is not installed', () => {
    expect(results.scenarios.map(({ id }) => id)).toEqual(names);
    for (const { id, rows, absent, title, question } of results.scenarios) {
      expect(rows.length + absent.length, id).toBeGreaterThan(0);
      expect(title + question).not.toBe('');
      for (const row of rows) {
        expect(row.summary.n, row.id).toBeGreaterThan(0);
        expect(row.summary.median, row.id).toBeGreaterThanOrEqual(0);
      }
      expect(new Set(rows.map((row) => row.id)).size, id).toBe(rows.length);
      for (const row of rows) if (row.beside !== undefined) expect(rows.map((other) => other.id)).toContain(row.beside);
    }
  });

  it('finds a figure for every budget', () => {
    const budgets = readBudgets(new URL('../budgets.json', import.meta.url));
    const lost = checkBudgets(results, budgets).filter(({ measured }) => measured === undefined);
    expect(lost).toEqual([]);
  });

  it('has the four documented scenarios for the summary, and makes a page of it', () => {
    expect(renderSummary(results)).toBeDefined();
    expect(renderReport(results).at(-1)?.content).toContain('`--smoke`');
  });

  it('counts what can be counted', () => {
    expect(of('fiction').counts).toContainEqual(expect.objectContaining({ id: 'calls', value: 23 }));
    expect(of('parallel').counts).toContainEqual(expect.objectContaining({ id: 'idle-threads', value: 0 }));
    const resumed = Object.fromEntries((of('resume').counts ?? []).map(({ id, value }) => [id, value]));
    expect(resumed['restored']).toBeGreaterThanOrEqual(Math.floor((resumed['tasks'] as number) / 2));
    expect(resumed['calls-saved']).toBeGreaterThan(0);
  });

  it('shows each peer or says that it is not installed', () => {
    const { rows, absent } = of('pipelines');
    for (const peer of ['p-graph', 'langgraph', 'mastra', 'listr2']) {
      const shown = rows.some((row) => row.subject.startsWith(`${peer} `));
      const missing = absent.some(({ subject, reason }) => subject === peer && reason.startsWith('not installed'));
      expect(shown !== missing, peer).toBe(true);
    }
  });
});

describe('the lockfile of the heavy peers', () => {
  it('is their own, and names each', () => {
    const lock = readFileSync(new URL('../peers/pnpm-lock.yaml', import.meta.url), 'utf8');
    for (const peer of ['@langchain/langgraph', '@mastra/core', 'listr2', 'p-graph']) expect(lock).toContain(peer);
    const project = readFileSync(new URL('../../../pnpm-lock.yaml', import.meta.url), 'utf8');
    // p-graph is light, and also the peer of the scheduler's own benchmark.
    for (const peer of ['@langchain/langgraph', '@mastra/core']) expect(project).not.toContain(`${peer}@`);
  });
});
