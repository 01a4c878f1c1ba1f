import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';
import { wordsPipeline } from './support/orc.ts';

const home = folderOfFile();

/** Runs a command in this process. */
async function orc(
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const host = fakeHost({ argv, env: { HOME: home, PATH: process.env['PATH'], ...env }, cwd: home });
  const code = await main(host);
  return { code, out: host.out(), err: host.err() };
}

const file = join(home, '.config', 'orchestrator', 'config.yaml');

describe('config', () => {
  it('path, set, get, list and unset; comments stay, and only the owner can read the file', async () => {
    expect((await orc(['config', 'path'])).out).toBe(`${file}\n`);
    expect((await orc(['config', 'set', 'performance.cache.ttl', '45m'])).code).toBe(0);
    writeFileSync(file, `# mine\n${readFileSync(file, 'utf8')}`);
    expect((await orc(['config', 'set', 'log.level', 'debug'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# mine\nperformance:\n {2}cache:\n {4}ttl: 45m\nlog:\n {2}level: debug\n$/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await orc(['config', 'get', 'performance.cache.ttl'])).out).toBe('45m\n');
    expect((await orc(['config', 'list', '--show-origin'])).out).toMatch(
      /performance\.cache\.ttl +45m +user file: ~\/\.config\/orchestrator\/config\.yaml:4/,
    );
    expect(JSON.parse((await orc(['config', 'list', '--json'])).out)).toMatchObject({
      'performance.cache.ttl': '45m',
      'log.level': 'debug',
    });
    await orc(['config', 'unset', 'log.level']);
    expect(readFileSync(file, 'utf8')).not.toContain('log');
  });

  it('unset of what is not set says so: in a file that has become empty, and where there is none', async () => {
    const lonely = join(home, 'lonely', 'config.yaml');
    const unset = (): ReturnType<typeof orc> => orc(['-config', lonely, 'config', 'unset', 'log.level']);
    expect(await unset()).toMatchObject({ code: 0, err: 'log.level is not set in ~/lonely/config.yaml\n' });
    expect(existsSync(lonely)).toBe(false);
    await orc(['-config', lonely, 'config', 'set', 'log.level', 'debug']);
    expect(await unset()).toMatchObject({ code: 0, err: 'log.level removed from ~/lonely/config.yaml\n' });
    expect(await unset()).toMatchObject({ code: 0, err: 'log.level is not set in ~/lonely/config.yaml\n' });
  });

  it('set refuses what the file could not hold, and a file that is wrong already', async () => {
    expect(await orc(['config', 'set', 'performance.cache.ttl', 'soon'])).toMatchObject({ code: 2 });
    expect(await orc(['config', 'set', 'performance.cache.tll', '5m'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean `performance.cache.ttl`?') as string,
    });
    const wrong = join(home, 'wrong.yaml');
    writeFileSync(wrong, 'nope: 1\n');
    expect(await orc(['-config', wrong, 'config', 'set', 'log.level', 'warn'])).toMatchObject({ code: 3 });
    expect(readFileSync(wrong, 'utf8')).toBe('nope: 1\n');
  });

  it('a secret is never shown', async () => {
    const secret = 'sk-secret-value-1234';
    const { out, err } = await orc(['config', 'set', 'ai.api_key', secret]);
    expect(out + err).not.toContain(secret);
    for (const argv of [
      ['config', 'list', '--show-origin'],
      ['config', 'list', '--json'],
      ['config', 'get', 'ai.api_key'],
      ['doctor'],
      ['models', '--json'],
    ]) {
      const shown = await orc(argv);
      expect(shown.out + shown.err).not.toContain(secret);
    }
    await orc(['config', 'unset', 'ai.api_key']);
    expect(
      (
        await orc(['config', 'get', 'distributed.redis_url'], {
          ORC_DISTRIBUTED_REDIS_URL: 'redis://me:hidden@queue:6379',
        })
      ).out,
    ).toBe('redis://me:redacted@queue:6379\n');
  });

  it('what may be a key in an address is never shown', async () => {
    const planted = ['planted-password', 'planted-parameter', 'planted-token'];
    const own = join(home, 'addresses.yaml');
    const env = { ORC_CONFIG: own };
    for (const address of [
      'https://me:planted-password@models.test/v1?api-key=planted-parameter',
      'https://planted-token@models.test/v1#planted-parameter',
      'ftp://me:planted-password@models.test/v1?api-key=planted-parameter',
    ]) {
      writeFileSync(own, `ai: { base_url: '${address}' }\n`);
      for (const argv of [
        ['config', 'list'],
        ['config', 'list', '--json'],
        ['config', 'get', 'ai.base_url'],
        ['config', 'set', 'ai.base_url', address],
        ['config', 'validate'],
        ['doctor'],
        ['trust'],
        ['models'],
        ['plan', 'What is tea?'],
        ['What is tea?'],
      ]) {
        const { out, err } = await orc(argv, env);
        for (const secret of planted) expect(out + err, argv.join(' ')).not.toContain(secret);
      }
    }
    writeFileSync(own, `ai: { base_url: 'https://gateway.test/@team/v1' }\n`);
    expect((await orc(['config', 'get', 'ai.base_url'], env)).out).toBe('https://gateway.test/@team/v1\n');
  });

  it('edit makes a file of comments, starts the editor, and checks what it left', async () => {
    const own = join(home, 'edited.yaml');
    const editor = join(home, 'editor.mjs');
    writeFileSync(
      editor,
      `import { appendFileSync } from 'node:fs';\nappendFileSync(process.argv[2], 'log: { level: warn }\\n');\n`,
    );
    const env = { ORC_CONFIG: own, EDITOR: `${process.execPath} ${editor}` };
    expect((await orc(['config', 'edit'], { ...env, ORC_CONFIG: own })).code).toBe(0);
    expect(readFileSync(own, 'utf8')).toContain('# how long a result stays in memory');
    expect((await orc(['config', 'get', 'log.level'], env)).out).toBe('warn\n');
    expect(await orc(['config', 'edit'], { ...env, EDITOR: '/no/such/editor' })).toMatchObject({
      code: 3,
      err: expect.stringContaining('cannot be started') as string,
    });
  });

  it('validate says what is valid, and what is wrong with its place', async () => {
    expect((await orc(['config', 'validate'])).out).toContain('is valid');
    const wrong = join(home, 'wrong.yaml');
    expect(await orc(['config', 'validate', wrong])).toMatchObject({
      code: 3,
      err: expect.stringContaining(`${wrong}:1:1: unknown key`) as string,
    });
    expect(JSON.parse((await orc(['config', 'validate', '--schema'])).out)).toMatchObject({ type: 'object' });
  });
});

describe('pipelines', () => {
  it('list, show, graph and validate', async () => {
    expect((await orc(['pipelines'])).out).toMatch(/fiction +Writes a story/);
    expect((await orc(['pipelines', 'show', wordsPipeline])).out).toMatch(
      /word +io +needs split; one task for each item/,
    );
    const shown = JSON.parse((await orc(['pipelines', 'show', 'quick', '--json'])).out) as { phases: { id: string }[] };
    expect(shown.phases.map(({ id }) => id)).toEqual(['answer', 'format']);
    expect((await orc(['pipelines', 'graph', wordsPipeline])).out).toMatch(/┬─ word[\s\S]*└─ count[\s\S]*── join/);
    expect((await orc(['pipelines', 'graph', wordsPipeline, '--diagram', 'mermaid'])).out).toContain('split --> word');
    expect((await orc(['pipelines', 'graph', wordsPipeline, '--diagram', 'dot'])).out).toContain('"word" -> "join";');
    // What comes before what it waits for anyway is no news; the diagrams keep every edge.
    expect((await orc(['pipelines', 'graph', 'fiction'])).out).toMatch(/── assemble +cpu {2}after title, revise$/m);
    expect((await orc(['pipelines', 'graph', 'fiction', '--diagram', 'mermaid'])).out).toContain('brief --> assemble');
    expect((await orc(['pipelines', 'validate', wordsPipeline])).out).toContain('is valid: words 1, 4 phases');
    expect(await orc(['pipelines', 'validate', 'fiction'])).toMatchObject({ code: 2 });
    expect(await orc(['pipelines', 'show', 'nothing'])).toMatchObject({ code: 3 });
  });
});

describe('plan', () => {
  it('is never wider than a terminal, and leaves nothing of what folds out', async () => {
    const argv = ['plan', '--color', 'never', '-j4', 'A story'];
    const host = fakeHost({ argv, env: { HOME: home }, cwd: home, tty: true, columns: 44 });
    expect(await main(host)).toBe(0);
    for (const line of host.out().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(44);
    const words = host.out().replaceAll(/\s+/g, ' ');
    expect(words).toContain(
      'strategy parallel, 4 workers 4 phases are independent (characters, settings, style, title)',
    );
    expect(words).toContain('0 hits, 1 miss, 14 not known before their inputs are');
  });
});

describe('lists in a terminal of 80 columns', () => {
  it.each([
    [['pipelines']],
    [['pipelines', 'show', 'fiction']],
    [['pipelines', 'graph', 'fiction']],
    [['doctor']],
    [['models']],
    [['cache', 'stats']],
    [['cache', 'ls']],
    [['cache', 'explain', 'A story']],
    [['sessions']],
  ])('%j fits: the terminal breaks no word', async (words) => {
    const argv = ['--color', 'never', ...words];
    const host = fakeHost({ argv, env: { HOME: home }, cwd: home, tty: true, columns: 80 });
    expect(await main(host)).toBe(0);
    for (const line of [...host.out().split('\n'), ...host.err().split('\n')])
      expect([line, stringWidth(line) <= 80]).toEqual([line, true]);
  });
});

describe('models and doctor', () => {
  it('models tells which keys are there, and which model is chosen and why', async () => {
    const without = await orc(['models']);
    expect(without.out).toMatch(/ready +offline\/scribe/);
    expect(without.err).toContain('Without -m: offline/scribe');
    expect(without.err).toMatch(/compatible\/MODEL .* exec\/NAME/);
    const withKey = await orc(['models'], { ANTHROPIC_API_KEY: 'sk-ant-1234567890' });
    expect(withKey.out).toMatch(/ready +anthropic\//);
    expect(withKey.err).toContain('ANTHROPIC_API_KEY is set');
    expect(withKey.out + withKey.err).not.toContain('sk-ant-1234567890');
  });

  it('doctor is well on a new machine, and says what is wrong elsewhere', async () => {
    const well = await orc(['doctor', '--json']);
    expect(JSON.parse(well.out)).toMatchObject({ ok: true });
    const unwell = await orc(['doctor', '--redis', 'redis://127.0.0.1:1'], { XDG_DATA_HOME: wordsPipeline });
    expect(unwell.code).toBe(3);
    expect(unwell.out).toMatch(/bad +sessions/);
    expect(unwell.out).toMatch(/bad +redis +connect ECONNREFUSED/);
    expect(await orc(['doctor', '-config', '/no/such/file.yaml'])).toMatchObject({ code: 3 });
  });
});

describe('what is not there yet', () => {
  it('an empty home has no sessions, no reports and an empty cache, and says so', async () => {
    expect(await orc(['sessions'])).toMatchObject({ code: 0, err: 'there is no session yet\n' });
    for (const argv of [['show'], ['resume'], ['report'], ['sessions', 'rm', 'latest']])
      expect((await orc(argv)).code).toBe(7);
    expect(await orc(['cache', 'ls'])).toMatchObject({ code: 0, err: 'the cache holds nothing\n' });
    expect(existsSync(join(home, '.local'))).toBe(false);
  });

  it('a worker needs an address', async () => {
    expect(await orc(['worker'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('orc worker --redis redis://localhost:6379') as string,
    });
  });
});

it('config edit without an editor and a terminal is refused instead of waiting for keys', async () => {
  const { code, err } = await orc(['config', 'edit']);
  expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('there is no terminal to edit in') as string });
});

describe('what a pipeline takes', () => {
  it('an option that no phase declares is a usage error, with what there is', async () => {
    const wrong = await orc(['plan', '--option', 'continuty=strict', 'A story about rain']);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('the pipeline fiction has no option `continuty` — did you mean `continuity`?');
    expect((await orc(['plan', '--option', 'continuity=strict', 'A story about rain'])).code).toBe(0);
    expect((await orc(['pipelines', 'show', 'fiction'])).out).toContain('options: continuity');
  });

  it('a folder that is not read is told', async () => {
    const { code, err } = await orc(['plan', '--input', '.', 'A story about rain']);
    expect({ code, err }).toEqual({
      code: 0,
      err: 'warning: the pipeline fiction reads no folder; --input has no effect\n',
    });
  });
});
