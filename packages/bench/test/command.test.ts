import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, vi } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import type { Results } from '../src/results.ts';
import { scenarios } from '../src/scenarios/index.ts';
import { fixture } from './support/fixture.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const dir = folderOfFile();
const own = join(dir, 'tmp');
mkdirSync(own);
const env = { ...process.env, INIT_CWD: dir, TMPDIR: own, NO_COLOR: '1' };
const bench = (...args: string[]): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env });
  return { code: status, stdout, stderr };
};
const file = (name: string, content: unknown): string => {
  writeFileSync(join(dir, name), JSON.stringify(content));
  return name;
};

describe('orc-bench', () => {
  it('lists commands, scenarios, examples and exit codes in its help', () => {
    const { code, stdout } = bench('--help');
    expect(code).toBe(0);
    for (const { id } of scenarios) expect(stdout).toContain(id);
    for (const text of ['pnpm bench cache-hit --short', 'compare', 'check', 'report', 'Exit codes'])
      expect(stdout).toContain(text);
    expect(bench('run', '--help').stdout).toContain('--smoke');
  });

  it('lists what each scenario asks', () => {
    expect(bench('list').stdout.trim().split('\n')).toHaveLength(scenarios.length);
  });

  it('asks whether another scenario or command was meant', () => {
    const { code, stderr } = bench('cache-hits');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^orc-bench: Expected a scenario, got `cache-hits`\. Did you mean `cache-hit`\? There are: cache-hit, .*\n$/,
    );
    expect(bench('lst').stderr).toContain('Did you mean `list`?');
    expect(bench('frobnicate').stderr).toMatch(/got `frobnicate`\. There are: /);
  });

  it('says in one line what is wrong with a call', () => {
    for (const args of [['compare', 'a.json'], ['--shrot'], ['report'], ['run', '--out']]) {
      const { code, stderr, stdout } = bench(...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^orc-bench: [^\n]+\n(\(Did you mean [^\n]+\)\n)?$/);
      expect(stdout).toBe('');
    }
  });

  it('says what is wrong with a results file', () => {
    const { code, stderr } = bench('compare', file('old.json', { ...fixture(), schema: 'orc.bench/0' }), 'b.json');
    expect(code).toBe(2);
    expect(stderr).toContain('of version `orc.bench/1`, got `orc.bench/0`');
    expect(bench('report', 'missing.json').stderr).toContain('there is none');
  });

  it('finds a kept results file by its name alone', () => {
    const kept = readdirSync(new URL('../results/', import.meta.url)).find((name) => name.endsWith('.json')) as string;
    expect(bench('compare', kept, join('results', kept)).stdout).toContain('figures in both');
  });

  it('says before it measures that a file can not be written', () => {
    writeFileSync(join(dir, 'plain'), '');
    for (const out of ['.', 'plain/a.json']) {
      const { code, stderr } = bench('sequential', '--smoke', '--out', out);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^orc-bench: Expected a file that can be written, got [^\n]+\n$/);
    }
  });

  it('compares two results files', () => {
    const { code, stdout } = bench('compare', file('a.json', fixture(1)), file('b.json', fixture(2)));
    expect(code).toBe(0);
    expect(stdout).toContain('slower, 2 × (1.9 … 2.1)');
  });

  it('writes the report of a file where it is told to, and nothing into the README then', () => {
    const { code, stdout } = bench('report', file('a.json', fixture(1)), '--out', 'docs');
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([join(dir, 'docs/benchmarks/one.svg'), join(dir, 'docs/benchmarks.md')]);
    expect(readFileSync(join(dir, 'docs/benchmarks.md'), 'utf8')).toContain('## One | scenario');
    writeFileSync(join(dir, 'docs/benchmarks/two.svg'), 'of an earlier report');
    bench('report', 'a.json', '--out', 'docs');
    expect(readdirSync(join(dir, 'docs/benchmarks'))).toEqual(['one.svg']);
  });

  it('really runs a scenario: plain lines in a pipe, tables on stdout, and what it measured in the file', () => {
    const { code, stdout, stderr } = bench('sequential', '--smoke', '--out', 'out.json');
    expect(code).toBe(0);
    expect(stdout).toContain('a bare loop of the same timers');
    expect(stderr).toMatch(/^\[1\/1\] Sequential phases …\n {4}[\d.]+ s\nResults: [^\n]+out\.json\n$/);
    const results = JSON.parse(readFileSync(join(dir, 'out.json'), 'utf8')) as Results;
    expect(results.scenarios.map(({ id }) => id)).toEqual(['sequential']);
    expect(results.environment.commit).toMatch(/^[0-9a-f]{10}$/);
    expect(readdirSync(own)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('stopped half-way', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('with %s, leaves no process, no folder and no results file', async (signal, expected) => {
    const child = spawn(process.execPath, [main, 'memory', '--short', '--out', 'half.json'], { env });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const children = (): string[] =>
      spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter((line) => line.includes('children/memory.js') && line.includes(` ${child.pid} `))
        .map((line) => line.trim().split(/\s+/)[0] as string);
    await vi.waitFor(() => expect(children()).toHaveLength(1), { timeout: 20_000, interval: 20 });
    const [pid] = children();
    expect(readdirSync(own)).toHaveLength(1);
    child.kill(signal);
    expect(await ended).toBe(expected);
    expect(stderr).toContain('stopped; nothing was written');
    expect(existsSync(join(dir, 'half.json'))).toBe(false);
    expect(readdirSync(own)).toEqual([]);
    await vi.waitFor(() => expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH'), { timeout: 5000 });
  });
});
