import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import type { ResultDocument } from '../src/run/result-json.ts';
import { Home } from './support/orc.ts';

const request = 'Create a story about space exploration';
const home = new Home();
afterAll(() => home.remove());

async function story(...args: string[]): Promise<ResultDocument> {
  const { stdout, stderr, code } = await home.orc([...args, '--output-format', 'json', request]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ResultDocument;
}

describe('orc "Create a story about space exploration", with an empty home', () => {
  it('writes a manuscript of about 2,000 words to the pipe, with the built-in model, and its files', async () => {
    const { code, stdout } = await home.orc(['-output', 'story', request]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# \S/);
    const words = stdout.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    expect(words).toBeGreaterThan(1700);
    expect(words).toBeLessThan(2300);
    for (const file of ['manuscript.md', 'outline.json', 'characters.json', 'stats.json', 'chapters'])
      expect(existsSync(join(home.dir, 'story', file))).toBe(true);
    expect(readFileSync(join(home.dir, 'story', 'manuscript.md'), 'utf8')).toContain('offline');
  });

  it('a second time, in a new process, everything comes from the file tier and is the same, byte for byte', async () => {
    const again = await story();
    expect(again.cache).toMatchObject({ misses: 0, hitRatio: 1 });
    expect(again.cache.hits).toBeGreaterThan(15);
    expect(again.text).toBe((await home.orc(['--quiet', request])).stdout);
  });

  it('orc show names as skipped what the run left out', async () => {
    const { stdout } = await home.orc(['show']);
    expect(stdout).toMatch(/^ {2}fit +8 tasks +skipped$/m);
    expect(stdout).toMatch(/^ {2}scene +8 tasks +\d+ m?s/m);
  });

  it('optimizations off, one worker and eight give the same manuscript and files', async () => {
    const first = await story();
    const others = [
      await story('-optimized=false'),
      await story('--no-cache', '-concurrency', '1'),
      await story('--no-cache', '-concurrency', '8'),
    ];
    expect(others.map(({ strategy }) => strategy.name)).toEqual(['standard', 'sequential', 'parallel']);
    for (const other of others) {
      expect(other.text).toBe(first.text);
      expect(other.artifacts).toEqual(first.artifacts);
    }
  });

  it('--fresh makes it anew, --seed another one', async () => {
    const first = await story();
    const fresh = await story('--fresh');
    expect(fresh.cache.hits).toBe(0);
    expect(fresh.text).toBe(first.text);
    expect((await story('--seed', '2')).text).not.toBe(first.text);
  });

  it('the session holds a report with a task that ran on a worker thread', async () => {
    const report = JSON.parse((await home.orc(['report', '--format', 'json', '--to', '-'])).stdout) as {
      tasks: { phase: string; threadId?: number }[];
    };
    expect(report.tasks.some(({ threadId }) => threadId !== undefined)).toBe(true);
    const file = (await home.orc(['report'])).stdout.trim();
    expect(readFileSync(file, 'utf8')).toContain('<h2>Timeline</h2>');
  });
});
