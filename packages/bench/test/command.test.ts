import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'orc-bench-test-'));
const bench = (...args: string[]): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: dir },
  });
  return { code: status, stdout, stderr };
};
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('orc-bench', () => {
  it('lists its scenarios in its help, with examples', () => {
    const { code, stdout } = bench('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('pnpm bench cache-hit --short');
    for (const scenario of ['cache-hit', 'sequential', 'parallel', 'memory'])
      expect(bench('list').stdout).toContain(scenario);
  });

  it('names the scenarios there are when it is given another one', () => {
    const { code, stderr } = bench('run', 'cache-hits');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^orc-bench: Expected a scenario, got `cache-hits`\. There are: cache-hit, /);
  });

  it('says what is wrong with a results file', () => {
    writeFileSync(join(dir, 'a.json'), '{"schema":"other"}');
    const { code, stderr } = bench('compare', 'a.json', 'missing.json');
    expect(code).toBe(2);
    expect(stderr).toContain('Expected `schema: "orc.bench/1"`');
    expect(bench('report', 'missing.json').stderr).toContain('could not read it');
  });

  it('really runs a scenario, and writes what it measured', () => {
    const { code, stdout } = bench('run', 'sequential', '--short', '--out', 'out.json');
    expect(code).toBe(0);
    expect(stdout).toContain('a bare loop of the same timers');
    const report = bench('report', 'out.json', '--out', 'docs');
    expect(report.code).toBe(0);
    expect(report.stdout).toContain('benchmarks.md');
  });
});
