import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { Home, wordsPipeline } from './support/orc.ts';

const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
afterAll(() => home.remove());

interface Result {
  readonly text: string;
  readonly strategy: { readonly name: string };
  readonly cache: { readonly hits: number; readonly misses: number };
  readonly artifacts: readonly { readonly path: string; readonly sha256: string }[];
}

async function run(...args: string[]): Promise<Result> {
  const { stdout, stderr, code } = await home.orc([...words, '--output-format', 'json', ...args]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}

describe('the same request in another process', () => {
  it('comes from the file tier, byte for byte', async () => {
    const first = await run('the same again');
    const second = await run('the same again');
    expect(first.cache).toMatchObject({ hits: 0, misses: 6 });
    expect(second.cache).toMatchObject({ hits: 6, misses: 0 });
    expect(second.text).toBe(first.text);
    expect(second.artifacts).toEqual(first.artifacts);
  });

  it('with --fresh is made anew and kept', async () => {
    await run('fresh bread');
    expect((await run('--fresh', 'fresh bread')).cache.hits).toBe(0);
    expect((await run('fresh bread')).cache.misses).toBe(0);
  });

  it('with --no-cache is neither read nor kept', async () => {
    expect((await run('--no-cache', 'no memory')).cache).toMatchObject({ hits: 0, misses: 0 });
    expect((await run('no memory')).cache.misses).toBe(6 - 1);
  });

  it('with another seed is another result', async () => {
    const first = await run('seeds');
    expect((await run('--seed', '2', 'seeds')).text).not.toBe(first.text);
    expect((await run('--seed', '1', 'seeds')).text).toBe(first.text);
  });
});

describe('the strategy changes nothing', () => {
  it('optimizations off, concurrency 1 and 8 give the same bytes', async () => {
    const results = [
      await run('--no-cache', 'equal in every way'),
      await run('-optimized=false', 'equal in every way'),
      await run('--no-cache', '-concurrency', '1', 'equal in every way'),
      await run('--no-cache', '-concurrency', '8', 'equal in every way'),
    ];
    expect(results.map(({ strategy }) => strategy.name)).toEqual(['parallel', 'standard', 'sequential', 'parallel']);
    expect(new Set(results.map(({ text }) => text)).size).toBe(1);
    expect(new Set(results.map(({ artifacts }) => JSON.stringify(artifacts))).size).toBe(1);
  });
});

describe('the commands about what is kept', () => {
  it('cache stats, ls, explain, prune, path and clear', async () => {
    await run('look inside');
    const stats = JSON.parse((await home.orc(['cache', 'stats', '--json'])).stdout) as {
      entries: number;
      phases: Record<string, number>;
      dir: string;
    };
    expect(stats.entries).toBeGreaterThan(4);
    expect(stats.phases['word']).toBeGreaterThan(1);
    expect((await home.orc(['cache', 'path'])).stdout.trim()).toBe(stats.dir);
    expect((await home.orc(['cache', 'ls', '--phase', 'join'])).stdout).toContain('words/join');
    const explained = await home.orc(['cache', 'explain', ...words, '--seed', '9', 'look inside', 'split']);
    expect(explained.stdout).toMatch(/split {2}miss/);
    expect(explained.stdout).toMatch(/request\.seed\n +before +1\n +now +9/);
    expect((await home.orc(['cache', 'prune'])).code).toBe(0);
    expect((await home.orc(['cache', 'clear'])).stderr).toContain(`removed ${stats.entries} entries`);
    expect((await run('look inside')).cache.hits).toBe(0);
  });

  it('plan tells hits and misses with reasons and executes nothing', async () => {
    await run('planned well');
    const before = readdirSync(join(home.dir, '.local/share/orchestrator/sessions')).length;
    const known = JSON.parse((await home.orc(['plan', ...words, '--json', 'planned well'])).stdout) as {
      totals: { hits: number; tasks: number };
      phases: { cache: string }[];
    };
    expect(known.phases.map(({ cache }) => cache)).toEqual(['hit', 'hit', 'hit', 'hit']);
    expect(known.totals.tasks).toBe(0);
    const unknown = await home.orc(['--dry-run', ...words, 'never planned before']);
    expect(unknown.stdout).toMatch(/split +miss +the request text changed/);
    expect(unknown.stdout).toMatch(/word +unknown/);
    expect(readdirSync(join(home.dir, '.local/share/orchestrator/sessions'))).toHaveLength(before);
  });

  it('prefetch fills the cache for later runs', async () => {
    expect((await home.orc(['prefetch', ...words, 'ahead one', 'ahead two'])).code).toBe(0);
    expect((await run('ahead two')).cache.misses).toBe(0);
  });

  it('sessions list, show and rm', async () => {
    await run('a session of its own');
    const [latest] = JSON.parse((await home.orc(['sessions', '--json'])).stdout) as {
      id: string;
      request: string;
      status: string;
    }[];
    expect(latest).toMatchObject({ request: 'a session of its own', status: 'succeeded' });
    expect((await home.orc(['sessions'])).stdout).toContain('a session of its own');
    const shown = (await home.orc(['show', latest?.id ?? ''])).stdout;
    expect(shown).toMatch(/word +5 tasks/);
    expect((await home.orc(['show', 'latest', 'word[w1]'])).stdout).toBe('SESSION\n');
    expect((await home.orc(['sessions', 'rm', latest?.id ?? ''])).code).toBe(0);
    expect((await home.orc(['show', latest?.id ?? ''])).code).toBe(7);
    expect((await home.orc(['sessions', 'prune', '--older-than', '0'])).code).toBe(0);
    expect(JSON.parse((await home.orc(['sessions', '--json'])).stdout)).toEqual([]);
  });

  it('resume goes on where a failed run stopped, and repeats nothing', async () => {
    const failed = await home.orc([...words, 'twice fail']);
    const id = /orc resume (\S+)/.exec(failed.stderr)?.[1] ?? '';
    const again = await home.orc(['resume', id, ...words, '--output-format', 'json', '--no-cache']);
    expect(again.code).toBe(1);
    const document = JSON.parse(again.stdout) as { phases: { id: string; attempts: number }[]; sessionId: string };
    expect(document.sessionId).toBe(id);
    expect(document.phases.find((phase) => phase.id === 'split')?.attempts).toBe(0);
  });

  it('no artifact holds a time, an id, a path, a strategy or a cache fact', async () => {
    const { artifacts } = await run('clean files');
    const [latest] = JSON.parse((await home.orc(['sessions', '--json'])).stdout) as { id: string; dir: string }[];
    for (const { path } of artifacts) {
      const text = readFileSync(join(latest?.dir ?? '', 'artifacts', path), 'utf8');
      expect(text).not.toContain(home.dir);
      expect(text).not.toContain(latest?.id);
    }
  });
});
